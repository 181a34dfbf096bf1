import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { toFailure } from '#src/failure.js';
import { findTree } from '#src/natives/trees/find.js';
import { ownToken } from '#src/process/identity.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, newScratch, ownedName, storeLayout } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { orphanedScratch, orphanedTemporaries } from '#src/store/scratch.js';
import { type FaultyFileSystem, type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import { makeDead } from '../faults/dead-writer.ts';
import { copyTree, removeTree } from '../tree-copy.ts';
import { differenceOf, nativeName } from './contents.ts';
import { install, stamp, tag } from './installation.ts';

const folders = new Set<string>();
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export const emptyTrees = (below = tmpdir()): Layout => {
  const dir = realpathSync(mkdtempSync(path.join(below, 'stagedoor-trees-')));
  folders.add(dir);
  return storeLayout(path.join(dir, 'runtime', tag));
};

export const discard = ({ root }: Layout): void => {
  const dir = path.dirname(path.dirname(root));
  folders.delete(dir);
  removeTree(dir);
};

const copyOf = ({ root }: Layout): Layout => {
  const copy = emptyTrees();
  if (existsSync(root)) copyTree(root, copy.root);
  return copy;
};

/** The tree of another process, which lives and is of another stamp. */
export const leasedStamp = '0.0.1-nabcdefabcdefabcdefabcdef';

const leased = async (layout: Layout): Promise<void> => {
  const dir = layout.version(leasedStamp);
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'loaded.node'), 'loaded by a child');
  await (await takeLease(nodeFileSystem, layout, leasedStamp)).hold(process.ppid);
};

/** How a cache came to be what a program begins with. */
export const preparations = {
  empty: async () => undefined,
  'beside a leased tree': leased,
  'in place of a damaged tree': async layout => {
    await install(nodeFileSystem, layout);
    writeFileSync(
      path.join(layout.version(stamp), 'node_modules', nativeName, 'build/fast.node'),
      'machine c0de',
    );
  },
  'after a crash': async layout => {
    const scratch = layout.partial(newScratch(stamp, ownToken()));
    mkdirSync(path.join(scratch, 'tree', 'node_modules'), { recursive: true });
    writeFileSync(path.join(scratch, 'tree', 'node_modules', 'half.js'), 'exp');
    writeFileSync(path.join(layout.root, `.a.json.${ownedName(ownToken())}.tmp`), '{');
    mkdirSync(path.join(layout.trash, 'abcdef0123456789'), { recursive: true });
    makeDead(layout);
  },
  'with a whole tree': async layout => void (await install(nodeFileSystem, layout)),
} as const satisfies Record<string, (layout: Layout) => Promise<void>>;

export type Preparation = keyof typeof preparations;
export const preparationNames = Object.keys(preparations) as readonly Preparation[];

export type Played = {
  readonly layout: Layout;
  readonly port: FaultyFileSystem;
  readonly outcome: { readonly value: unknown } | { readonly error: unknown };
};

export type TreeSet = {
  readonly operations: readonly FileOperation[];
  readonly play: (
    faults: (port: FaultyFileSystem) => void,
    look: (played: Played) => Promise<void>,
  ) => Promise<void>;
};

/** A cache that was prepared once, and an installation on copies of it. */
export const prepare = async (
  name: Preparation,
  run: (fs: FileSystem, layout: Layout) => Promise<unknown> = install,
): Promise<TreeSet> => {
  const template = emptyTrees();
  await preparations[name](template);
  const play: TreeSet['play'] = async (faults, look) => {
    const layout = copyOf(template);
    const port = faultyFileSystem();
    faults(port);
    try {
      const outcome = await run(port.fs, layout).then(
        value => ({ value }),
        (error: unknown) => ({ error }),
      );
      await look({ layout, port, outcome });
    } finally {
      discard(layout);
    }
  };
  let operations: readonly FileOperation[] = [];
  await play(
    () => undefined,
    async ({ port, outcome }) => {
      if ('error' in outcome) throw new Error(`${name} fails by itself`, { cause: outcome.error });
      operations = port.operations;
    },
  );
  return { operations, play };
};

const namesIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** P-13: nothing is left of a crash, and nothing of the living is gone. */
export const expectTidy = (layout: Layout, others: readonly string[], situation: string): void => {
  const left = [
    ...orphanedScratch(nodeFileSystem, layout),
    ...orphanedTemporaries(nodeFileSystem, layout),
    ...namesIn(layout.trash),
  ];
  expect(left, situation).toEqual([]);
  expect(new Set(namesIn(layout.versions)), situation).toEqual(new Set([...others, stamp]));
  expect(namesIn(layout.leases), situation).toHaveLength(others.length);
};

/** P-01, P-08: what is found now is whole, or nothing is; the next installation works and tidies up. */
export const expectGood = async (layout: Layout, situation: string): Promise<void> => {
  const others = namesIn(layout.versions).filter(name => name === leasedStamp);
  const found = await findTree(nodeFileSystem, layout, { tag, stamp });
  if (found !== null) expect(differenceOf(layout, stamp), situation).toBeNull();
  const { tree } = await install(nodeFileSystem, layout).catch((error: unknown) => {
    throw new Error(`${situation}: ${toFailure(error).message}`, { cause: error });
  });
  expect(tree, situation).toEqual({ tag, stamp, names: [nativeName] });
  expect(differenceOf(layout, stamp), situation).toBeNull();
  if (others.length > 0) expect(namesIn(layout.version(leasedStamp)), situation).toEqual(['loaded.node']);
};
