import { existsSync, mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { treesOf } from '#src/natives/tree-place.js';
import { collectTrees, listTrees, removeTrees, treeLeftovers } from '#src/natives/trees/upkeep.js';
import { ownToken } from '#src/process/identity.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { type Layout, newScratch } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { makeDead } from '../../../support/faults/dead-writer.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { nativeName } from '../../../support/native-trees/contents.ts';
import { install, stamp, tag } from '../../../support/native-trees/installation.ts';

const usual = process.env.XDG_CACHE_HOME;
let layout: Layout;
beforeEach(async () => {
  process.env.XDG_CACHE_HOME = temporaryFolder();
  layout = treesOf(tag);
  await install(fs, layout);
});
afterEach(() => {
  process.env.XDG_CACHE_HOME = usual;
});

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);
const usedAt = (when: Date): void => utimesSync(layout.version(stamp), when, when);
const isThere = (): boolean => existsSync(layout.version(stamp));

test('P-13, P-35: a tree goes when nobody has used it for 30 days, and not before', async () => {
  usedAt(days(-29));
  await collectTrees(fs, new Date());
  expect(isThere()).toBe(true);
  usedAt(days(-31));
  expect(await collectTrees(fs, new Date())).toBeGreaterThan(0);
  expect(isThere()).toBe(false);
});

test('P-13, P-35: the tree that has just been made stays, whatever the clock says', async () => {
  usedAt(days(-400));
  await collectTrees(fs, new Date(), { tag, stamp });
  expect(isThere()).toBe(true);
});

test('P-13, P-35: a tree that was used in a future that a wrong clock made up goes 30 days from now', async () => {
  usedAt(days(4000));
  await collectTrees(fs, new Date());
  expect(isThere()).toBe(true);
  await collectTrees(fs, days(31));
  expect(isThere()).toBe(false);
});

test('P-12, P-35: a leased tree is neither collected nor removed, and goes when its child has ended', async () => {
  const lease = await takeLease(fs, layout, stamp);
  await lease.hold(process.ppid);
  usedAt(days(-400));
  await collectTrees(fs, new Date());
  expect(await removeTrees(fs)).toMatchObject({ removed: [], inUse: [{ tag, stamp }] });
  expect(isThere()).toBe(true);
  expect(await listTrees(fs)).toMatchObject([{ tag, stamp, inUse: true }]);
  await lease.release();
  expect(await removeTrees(fs)).toMatchObject({ removed: [{ tag, stamp }], inUse: [] });
  expect(isThere()).toBe(false);
});

test('N-04: the list tells tag, stamp, names, packages, bytes and damage, and changes nothing', async () => {
  const [tree, ...others] = await listTrees(fs);
  expect(others).toEqual([]);
  expect(tree).toMatchObject({
    ...{ tag, stamp, damage: null, inUse: false, built: [], names: [nativeName] },
    packages: [{ name: nativeName, version: '2.1.0' }],
  });
  expect(tree?.bytes).toBeGreaterThan(100);
  expect(Date.now() - Date.parse(tree?.lastUsed ?? '')).toBeLessThan(60_000);
  truncateSync(path.join(layout.version(stamp), 'node_modules', nativeName, 'index.js'), 1);
  expect(await listTrees(fs)).toMatchObject([{ stamp, damage: expect.stringContaining('index.js') }]);
  expect(isThere()).toBe(true);
});

test('P-21, P-35: a tag that is a path removes nothing', async () => {
  const outside = path.join(process.env.XDG_CACHE_HOME ?? '', 'stagedoor', 'versions', '1.0.0');
  mkdirSync(outside, { recursive: true });
  const result = await removeTrees(fs, ['..', '../..', '.', '', 'unknown']);
  expect(result).toEqual({ removed: [], inUse: [], freedBytes: 0 });
  expect(existsSync(outside)).toBe(true);
  expect(isThere()).toBe(true);
});

test('P-13, P-35: what a crash left is told, and goes with a collection', async () => {
  const scratch = newScratch(stamp, ownToken());
  mkdirSync(layout.partialTree(scratch), { recursive: true });
  writeFileSync(path.join(layout.partialTree(scratch), 'half'), '');
  expect(treeLeftovers(fs)).toEqual([]);
  makeDead(layout);
  expect(treeLeftovers(fs)).toMatchObject([{ tag, places: [expect.stringContaining(`${stamp}.partial/`)] }]);
  await collectTrees(fs, new Date());
  expect(treeLeftovers(fs)).toEqual([]);
  expect(isThere()).toBe(true);
});
