import {
  appendFileSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeAbi } from '#src/natives/abi.js';
import { createInstaller } from '#src/natives/installer.js';
import { treesOf } from '#src/natives/tree-place.js';
import { claimScratch } from '#src/natives/trees/claim.js';
import { commitTree } from '#src/natives/trees/commit.js';
import { findTree } from '#src/natives/trees/find.js';
import { ownToken } from '#src/process/identity.js';
import { plainMode, treeWriter } from '#src/staging/tree-writer.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { type Layout, newScratch } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { caseBlind } from '../../../support/mounts/case-blind.ts';
import { differenceOf, nativeName } from '../../../support/native-trees/contents.ts';
import {
  commit,
  fill,
  install,
  never,
  pins,
  stamp,
  tag,
} from '../../../support/native-trees/installation.ts';
import { emptyTrees } from '../../../support/native-trees/tree-world.ts';

/** A filled scratch folder, whoever else may have one: as after a lock that was waited for too long (P-33). */
const filled = async (layout: Layout) => {
  const scratch = newScratch(stamp, ownToken());
  fs.mkdirSync(layout.partial(scratch), { recursive: true });
  return { scratch, files: await fill(fs, layout, scratch) };
};
const addon = (dir: string): string => path.join(dir, 'node_modules', nativeName, 'build/fast.node');

test('P-12, P-35: a whole tree that is there already stays, and the second commit gives that one', async () => {
  const layout = emptyTrees();
  const { scratch, files } = await filled(layout);
  await install(fs, emptyTrees());
  const other = await filled(layout);
  await commit(fs, layout, other.scratch, other.files);
  const { ino } = statSync(layout.version(stamp));
  expect(await commit(fs, layout, scratch, files)).toEqual({ tag, stamp, names: [nativeName] });
  expect(statSync(layout.version(stamp)).ino).toBe(ino);
});

test('P-12, P-35: a damaged tree that is there is replaced, but not from under a child', async () => {
  const layout = emptyTrees();
  await install(fs, layout);
  const { scratch, files } = await filled(layout);
  truncateSync(addon(layout.version(stamp)), 2);
  const lease = await takeLease(fs, layout, stamp);
  await expect(commit(fs, layout, scratch, files)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  expect(statSync(addon(layout.version(stamp))).size).toBe(2);
  await lease.release();
  const again = await filled(layout);
  await commit(fs, layout, again.scratch, again.files);
  expect(differenceOf(layout, stamp)).toBeNull();
});

const shortcomings: Readonly<Record<string, (tree: string) => void>> = {
  'a missing file': tree => rmSync(addon(tree)),
  'a short file': tree => truncateSync(addon(tree), 2),
  'a long file': tree => appendFileSync(addon(tree), 'x'),
  'a file that nobody unpacked': tree => writeFileSync(path.join(tree, 'more.js'), ''),
};

test.for(Object.entries(shortcomings))('P-08, P-35: a tree with %s is not committed', async ([, spoil]) => {
  const layout = emptyTrees();
  const { scratch, files } = await filled(layout);
  spoil(layout.partialTree(scratch));
  await expect(commit(fs, layout, scratch, files)).rejects.toMatchObject({ code: 'TREE_DAMAGED' });
  expect(existsSync(layout.version(stamp))).toBe(false);
});

test('P-10, P-35: a Python module with one flipped bit, its size and time as before, is found before it is imported', async () => {
  for (const name of ['m.cpython-311-x86_64-linux-gnu.so', 'm.cp311-win_amd64.pyd']) {
    const layout = emptyTrees();
    const scratch = await claimScratch(fs, layout, { tag, stamp }, never);
    if (scratch === null) throw new Error('nothing was claimed');
    const tree = layout.partialTree(scratch);
    fs.mkdirSync(tree);
    const writer = treeWriter(fs, tree);
    writer.begin(`site-packages/${name}`, 4, plainMode);
    writer.write(Buffer.from('code'));
    const files = [writer.end()];
    await commitTree(fs, layout, { tag, scratch, names: ['m'], pins, built: [], files }, never);
    const file = path.join(layout.version(stamp), 'site-packages', name);
    const seconds = (Math.trunc(statSync(file).mtimeMs) + 0.5) / 1000;
    writeFileSync(file, 'cod3');
    utimesSync(file, seconds, seconds);
    expect(await findTree(fs, layout, { tag, stamp }), name).toBeNull();
  }
});

test('P-14, P-35: on a disk that does not tell names by their case a tree is installed and found', async () => {
  const layout = emptyTrees();
  const disk = caseBlind(path.dirname(path.dirname(layout.root)));
  await install(disk, layout);
  expect(await install(disk, layout)).toMatchObject({ by: 'found' });
  expect(differenceOf(layout, stamp)).toBeNull();
});

test('P-13, P-35: a commit that has counted is none that fails, whatever the disk says of the rest; the next one tidies up', async () => {
  const usual = process.env.XDG_CACHE_HOME;
  onTestFinished(() => {
    process.env.XDG_CACHE_HOME = usual;
  });
  process.env.XDG_CACHE_HOME = temporaryFolder();
  const layout = treesOf(tag);
  const port = faultyFileSystem();
  const abi = nodeAbi({
    ...{ platform: 'linux', arch: 'x64', libc: 'glibc', node: '20.0.0', electron: null },
    ...{ modules: '115', napi: 9, uv: '1', armv: null },
  });
  const wanted = async () => ({
    ...{ abi, exec: process.execPath, probe: async () => abi },
    natives: [{ name: nativeName, dir: null, module: nativeName, pins, build: false, optional: false }],
    ...{ buildable: [], pins, stamp },
  });
  const fetch = async () => ({ files: await fill(fs, layout, held) });
  const installer = createInstaller(wanted, { fs: port.fs, fetch, report: () => undefined });
  const subject = { candidate: null };
  const held = (await installer.claim({ subject, tag }, never)) ?? '';
  await installer.fetch({ tag, scratch: held }, never);
  let placed = false;
  let counts = false;
  port.failAt(({ call, to }) => {
    placed ||= call === 'rename' && to === layout.version(stamp);
    const fails = counts && call === 'readdir';
    counts ||= placed && call === 'close';
    return fails;
  }, 'EMFILE');
  expect(await installer.commit({ tag, scratch: held }, never)).toEqual({ tag, stamp, names: [nativeName] });
  expect(port.met()).toBe(true);
  expect(readdirSync(layout.versions)).toContain(`${stamp}.partial`);
  expect(await findTree(fs, layout, { tag, stamp })).not.toBeNull();
});
