import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findTree } from '#src/natives/trees/find.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, treeListName } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { differenceOf, nativeName } from '../../../support/native-trees/contents.ts';
import { install, stamp, tag } from '../../../support/native-trees/installation.ts';
import { emptyTrees } from '../../../support/native-trees/tree-world.ts';

const wanted = { tag, stamp };
const addon = (layout: Layout): string =>
  path.join(layout.version(stamp), 'node_modules', nativeName, 'build/fast.node');

/** One bit of a file, its size and time as before. */
const flipBit = (file: string, at = 3): void => {
  const { mtimeMs } = statSync(file);
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
  // Half of a millisecond: what a date can't hold must not make it the one before.
  const seconds = (Math.trunc(mtimeMs) + 0.5) / 1000;
  utimesSync(file, seconds, seconds);
};

const damages: Readonly<Record<string, (layout: Layout) => void>> = {
  'a .node that was cut off': layout => truncateSync(addon(layout), 4),
  'a .node with one flipped bit': layout => flipBit(addon(layout)),
  'a .node that is gone': layout => rmSync(addon(layout)),
  'a list that is gone': layout => rmSync(path.join(layout.version(stamp), treeListName)),
  'a list that is torn': layout => truncateSync(path.join(layout.version(stamp), treeListName), 100),
  'a stamp with other bytes': layout => flipBit(path.join(layout.version(stamp), 'stamp.json'), 20),
  'a stamp that is gone': layout => rmSync(path.join(layout.version(stamp), 'stamp.json')),
  'a link in its place': layout => {
    renameSync(layout.version(stamp), `${layout.root}.elsewhere`);
    symlinkSync(`${layout.root}.elsewhere`, layout.version(stamp));
  },
  'a link to nothing in its place': layout => {
    rmSync(layout.version(stamp), { recursive: true });
    symlinkSync('nowhere', layout.version(stamp));
  },
  'a file in its place': layout => {
    rmSync(layout.version(stamp), { recursive: true });
    writeFileSync(layout.version(stamp), '');
  },
};

test.for(Object.entries(damages))(
  'P-09, P-10, P-35: %s is found before anything is loaded, set aside, and installed anew',
  async ([, damage]) => {
    const layout = emptyTrees();
    await install(nodeFileSystem, layout);
    damage(layout);
    expect(await findTree(nodeFileSystem, layout, wanted)).toBeNull();
    expect(existsSync(layout.version(stamp))).toBe(false);
    expect(await install(nodeFileSystem, layout)).toMatchObject({ by: 'us' });
    expect(differenceOf(layout, stamp)).toBeNull();
  },
);

test('P-12, P-35: a damaged tree from which a child has loaded stays, nothing is claimed in its place, and it goes with the child', async () => {
  const layout = emptyTrees();
  await install(nodeFileSystem, layout);
  const lease = await takeLease(nodeFileSystem, layout, stamp);
  truncateSync(addon(layout), 4);
  expect(await findTree(nodeFileSystem, layout, wanted)).toBeNull();
  await expect(install(nodeFileSystem, layout)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  expect(existsSync(addon(layout))).toBe(true);
  await lease.release();
  expect(await install(nodeFileSystem, layout)).toMatchObject({ by: 'us' });
  expect(differenceOf(layout, stamp)).toBeNull();
});

test('N-04: the tree of another tag under this name is none', async () => {
  const layout = emptyTrees();
  await install(nodeFileSystem, layout);
  expect(await findTree(nodeFileSystem, layout, { tag: 'node-win32-x64-115', stamp })).toBeNull();
});

test('N-05: finding a whole tree changes nothing but, once a day, when it was last used', async () => {
  const layout = emptyTrees();
  await install(nodeFileSystem, layout);
  const changes = async (): Promise<string[]> => {
    const { fs, operations } = faultyFileSystem();
    expect(await findTree(fs, layout, wanted)).toMatchObject(wanted);
    return operations.filter(({ mutates }) => mutates).map(({ call }) => call);
  };
  expect(await changes()).toEqual([]);
  const long = new Date(Date.now() - 3 * 86_400_000);
  utimesSync(layout.version(stamp), long, long);
  const used = Date.now();
  await changes();
  expect(nodeFileSystem.statSync(layout.version(stamp)).mtimeMs).toBeGreaterThan(used - 60_000);
  expect(await changes()).toEqual([]);
});

test('P-35: of a file that is only looked at, another size is noticed, and a whole tree is taken after a copy', async () => {
  const layout = emptyTrees();
  await install(nodeFileSystem, layout);
  const now = new Date();
  utimesSync(addon(layout), now, now);
  expect(await findTree(nodeFileSystem, layout, wanted)).not.toBeNull();
  appendFileSync(path.join(layout.version(stamp), 'node_modules', nativeName, 'index.js'), ' ');
  expect(await findTree(nodeFileSystem, layout, wanted)).toBeNull();
});
