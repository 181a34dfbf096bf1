import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { PluginOutcome } from '#machines/contract.js';
import { toFailure } from '#src/failure.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { pluginLayout } from '#src/plugins/place.js';
import { ownToken } from '#src/process/identity.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, newScratch, ownedName } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { orphanedScratch, orphanedTemporaries } from '#src/store/scratch.js';
import { type FaultyFileSystem, type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import { makeDead } from '../faults/dead-writer.ts';
import { copyTree, removeTree } from '../tree-copy.ts';
import { addPlugin, differenceFrom, effectsOn, never, wishFor } from './installation.ts';
import { newer, older } from './offers.ts';
import type { Offer } from './provider.ts';

export const name = '@some/chart';

const folders = new Set<string>();
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export const emptyStore = (): string => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-plugins-')));
  folders.add(dir);
  return path.join(dir, 'store');
};

const discard = (store: string): void => {
  const dir = path.dirname(store);
  folders.delete(dir);
  removeTree(dir);
};

export const layoutIn = (store: string): Layout => pluginLayout(store, 'npm', name);

export const add = (fs: FileSystem, store: string, offer: Offer = newer): Promise<PluginOutcome> =>
  addPlugin(effectsOn(fs, store, { [name]: offer }), wishFor(name));

const remove = (fs: FileSystem, store: string): Promise<unknown> =>
  effectsOn(fs, store, {}).remove(wishFor(name), never);

const installedIn = (store: string) => {
  const [plugin] = installedPlugins(nodeFileSystem, store).plugins;
  if (plugin === undefined) throw new Error('nothing is installed');
  return plugin;
};

/** What is done, and what the store holds before. */
export const programs = {
  'an installation': { before: async () => undefined, run: add },
  'an installation over an older version': {
    before: async store => void (await add(nodeFileSystem, store, older)),
    run: add,
  },
  'an installation over an older version that a runtime uses': {
    before: async store => {
      await add(nodeFileSystem, store, older);
      const { layout, stamp } = installedIn(store);
      await (await takeLease(nodeFileSystem, layout, stamp)).hold(process.ppid);
    },
    run: add,
  },
  'an installation over a damaged one': {
    before: async store => {
      await add(nodeFileSystem, store);
      truncateSync(path.join(installedIn(store).folder, 'lib/a.js'), 1);
    },
    run: add,
  },
  'an installation after a crash': {
    before: async store => {
      const layout = layoutIn(store);
      const scratch = layout.partial(newScratch('0.1.0-p0123456789abcdef01234567', ownToken()));
      mkdirSync(path.join(scratch, 'tree', 'node_modules'), { recursive: true });
      writeFileSync(path.join(scratch, 'tree', 'node_modules', 'half.js'), 'exp');
      writeFileSync(path.join(layout.root, `.current.json.${ownedName(ownToken())}.tmp`), '{');
      mkdirSync(path.join(layout.trash, 'abcdef0123456789'), { recursive: true });
      makeDead(layout);
    },
    run: add,
  },
  'a removal': { before: async store => void (await add(nodeFileSystem, store, older)), run: remove },
} as const satisfies Record<
  string,
  {
    before: (store: string) => Promise<void>;
    run: (fs: FileSystem, store: string) => Promise<unknown>;
  }
>;

export type Program = keyof typeof programs;
export const programNames = Object.keys(programs) as readonly Program[];

export type Played = {
  readonly store: string;
  readonly port: FaultyFileSystem;
  readonly outcome: { readonly value: unknown } | { readonly error: unknown };
};

export type PluginSet = {
  readonly operations: readonly FileOperation[];
  readonly play: (
    faults: (port: FaultyFileSystem) => void,
    look: (played: Played) => Promise<void>,
  ) => Promise<void>;
};

/** A store that was prepared once, and a program on copies of it. */
export const prepare = async (
  program: Program,
  around: <T>(run: () => Promise<T>) => Promise<T> = run => run(),
): Promise<PluginSet> => {
  const { before, run } = programs[program];
  const template = emptyStore();
  await before(template);
  const play: PluginSet['play'] = async (faults, look) => {
    const store = emptyStore();
    if (existsSync(template)) copyTree(template, store);
    const port = faultyFileSystem();
    faults(port);
    try {
      const outcome = await around(() => run(port.fs, store)).then(
        value => ({ value }),
        (error: unknown) => ({ error }),
      );
      await look({ store, port, outcome });
    } finally {
      discard(store);
    }
  };
  let operations: readonly FileOperation[] = [];
  await play(
    () => undefined,
    async ({ port, outcome }) => {
      if ('error' in outcome) throw new Error(`${program} fails by itself`, { cause: outcome.error });
      operations = port.operations;
    },
  );
  return { operations, play };
};

const namesIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** Which of the offers is installed whole; `none`; or what is wrong. */
export const stateOf = (store: string): string => {
  const { plugins, damaged } = installedPlugins(nodeFileSystem, store);
  if (plugins.length === 0) return damaged.length === 0 ? 'none' : `damaged: ${damaged[0]?.reason}`;
  const offer = plugins[0]?.version === older.version ? older : newer;
  return differenceFrom(store, name, offer) ?? offer.version;
};

/** What each program may leave behind when it is cut off: what was there before, or what was meant. */
export const allowed: Readonly<Record<Program, readonly string[]>> = {
  'an installation': ['none', '2.0.0'],
  'an installation over an older version': ['1.0.0', '2.0.0'],
  'an installation over an older version that a runtime uses': ['1.0.0', '2.0.0'],
  // Nothing of use was there before: it may be gone, or not yet.
  'an installation over a damaged one': [
    'node_modules/@some/chart/lib/a.js has other bytes',
    'damaged: its folder is missing',
    '2.0.0',
  ],
  'an installation after a crash': ['none', '2.0.0'],
  'a removal': ['1.0.0', 'none'],
};

/** P-01, P-13: the next installation works whatever was left, and nothing of a crash is there after it. */
export const expectNext = async (store: string, situation: string): Promise<void> => {
  const layout = layoutIn(store);
  const used = namesIn(layout.leases).length;
  const outcome = await add(nodeFileSystem, store).catch((error: unknown) => {
    throw new Error(`${situation}: ${toFailure(error).message}`, { cause: error });
  });
  expect(['installed', 'present'], situation).toContain(outcome.kind);
  expect(stateOf(store), situation).toBe('2.0.0');
  // What is present is not begun, so it sweeps nothing: a removal or the next one does.
  if (outcome.kind === 'present') return;
  const left = [
    ...orphanedScratch(nodeFileSystem, layout),
    ...orphanedTemporaries(nodeFileSystem, layout),
    ...namesIn(layout.trash),
  ];
  expect(left, situation).toEqual([]);
  expect(namesIn(layout.versions), situation).toHaveLength(1 + used);
};
