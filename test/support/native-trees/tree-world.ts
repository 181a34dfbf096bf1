import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NativeTree } from '#machines/contract.js';
import type { Pin } from '#src/natives/dependency.js';
import { stampName } from '#src/natives/tree-place.js';
import { awaitOther, claimScratch } from '#src/natives/trees/claim.js';
import { commitTree } from '#src/natives/trees/commit.js';
import { findTree } from '#src/natives/trees/find.js';
import { stampOf } from '#src/natives/trees/stamp.js';
import { diskFaults } from '#src/staging/disk-faults.js';
import { defaultLimits } from '#src/staging/limits.js';
import { unpackTarball } from '#src/staging/unpack.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, storeLayout, treeListName } from '#src/store/layout.js';
import { sweepScratch } from '#src/store/scratch.js';
import type { TreeEntry } from '#src/store/tree-list.js';
import { makePackage, type PackageSource } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';

/** As good as any other: the trees themselves never ask what a tag means. */
export const tag = 'linux-x64-glibc-node137';
const never = new AbortController().signal;

/** Few and small: every operation on a file is one more crash. */
const sourceOf = (version: string): PackageSource => ({
  name: 'pty',
  version,
  files: {
    'index.js': `module.exports = ${JSON.stringify(version)};\n`,
    'prebuilds/linux-x64/pty.node': `machine code of ${version}`,
    'bin/helper': { content: '#!/bin/sh\n', mode: 0o755 },
  },
});

const archives = new Map<string, Buffer>();
const archiveOf = (version: string): Buffer => {
  const archive = archives.get(version) ?? makePackage(sourceOf(version)).tarball;
  archives.set(version, archive);
  return archive;
};

const pinOf = (version: string): Pin => {
  const { name, integrity } = makePackage(sourceOf(version));
  return { name, version, hashes: [integrity] };
};

export const stampFor = (version: string): string => stampOf([pinOf(version)], []);

/** The trees of one ABI on a disk of their own. */
export type TreeWorld = { readonly base: string; readonly layout: Layout };

export const worldIn = (base: string): TreeWorld => ({
  base,
  layout: storeLayout(path.join(base, 'runtime', tag)),
});

export const emptyWorld = (): TreeWorld =>
  worldIn(realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-trees-'))));

export const discard = ({ base }: TreeWorld): void => rmSync(base, { recursive: true, force: true });

/** The disk as it is now, in a folder of its own, times included: the tree lists name them. */
export const copyOf = (world: TreeWorld): TreeWorld => {
  const copy = emptyWorld();
  cpSync(world.base, copy.base, { recursive: true, preserveTimestamps: true });
  return copy;
};

/** What fetching does, without a registry: the archive lies there, and is unpacked as every archive is. */
const fill = async (
  fs: FileSystem,
  layout: Layout,
  scratch: string,
  version: string,
): Promise<TreeEntry[]> => {
  const tarball = layout.partialTarball(scratch);
  fs.writeFileSync(tarball, archiveOf(version));
  const relative = 'node_modules/pty';
  const place = path.join(layout.partialTree(scratch), relative);
  fs.mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
  const unpacking = { tarball, tree: place, limits: defaultLimits, natives: [] };
  const files = await unpackTarball(fs, unpacking, never, () => undefined);
  return files.map(file => ({ ...file, path: `${relative}/${file.path}` }));
};

/** Claim, fill, commit and clean, as the chart of natives orders them; null where another one has the claim. */
export const install = (fs: FileSystem, { layout }: TreeWorld, version: string): Promise<NativeTree | null> =>
  diskFaults('install natives', null, async () => {
    const scratch = await claimScratch(fs, layout, stampFor(version), never);
    if (scratch === null) return null;
    try {
      const files = await fill(fs, layout, scratch, version);
      const tree = { tag, scratch, names: ['pty'], pins: [pinOf(version)], built: [], files };
      return await commitTree(fs, layout, tree, never);
    } finally {
      await sweepScratch(fs, layout, { abandoned: [scratch] });
    }
  });

export const find = (fs: FileSystem, { layout }: TreeWorld, version: string): Promise<NativeTree | null> =>
  findTree(fs, layout, { tag, stamp: stampFor(version) });

/** As a process that comes second does: it waits, looks, and installs where there is nothing. */
export const ensure = async (world: TreeWorld, version: string): Promise<'found' | 'installed'> => {
  for (;;) {
    if ((await find(nodeFileSystem, world, version)) !== null) return 'found';
    if ((await install(nodeFileSystem, world, version)) !== null) return 'installed';
    await awaitOther(nodeFileSystem, world.layout, stampFor(version), never);
  }
};

/** The first difference between a tree and what was published, by the publisher's own files; null if there is none. */
export const differenceOf = ({ layout }: TreeWorld, version: string): string | null => {
  const dir = layout.version(stampFor(version));
  if (!existsSync(dir)) return 'there is no folder';
  const wanted = new Map<string, ReturnType<typeof packageFiles>[number]>(
    packageFiles(sourceOf(version)).map(file => [`node_modules/pty/${file.path}`, file] as const),
  );
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const place = path.join(dir, name);
    const relative = name.replaceAll(path.sep, '/');
    if (lstatSync(place).isDirectory() || relative === treeListName || relative === stampName) continue;
    const file = wanted.get(relative);
    if (file === undefined) return `${relative} was never published`;
    if (!readFileSync(place).equals(file.content)) return `${relative} has other bytes`;
    if ((lstatSync(place).mode & 0o777) !== file.mode) return `${relative} has other rights`;
    wanted.delete(relative);
  }
  const [missing] = wanted.keys();
  return missing === undefined ? null : `${missing} is missing`;
};

/** What a tree must have, for a disk that is not a real one. */
export const expectedFiles = (version: string): ReadonlyMap<string, Buffer> =>
  new Map(
    packageFiles(sourceOf(version)).map(({ path: file, content }) => [`node_modules/pty/${file}`, content]),
  );

/** A file of a tree that was changed behind its back. */
export const damage = ({ layout }: TreeWorld, version: string): void => {
  const file = path.join(layout.version(stampFor(version)), 'node_modules/pty/prebuilds/linux-x64/pty.node');
  writeFileSync(file, readFileSync(file).subarray(0, 5));
};

/** A half-filled folder that a process left which was killed in the middle. */
export const abandon = async ({ layout }: TreeWorld, version: string): Promise<void> => {
  const scratch = await claimScratch(nodeFileSystem, layout, stampFor(version), never);
  mkdirSync(path.join(layout.partialTree(scratch ?? ''), 'node_modules/pty'), { recursive: true });
  writeFileSync(path.join(layout.partialTree(scratch ?? ''), 'node_modules/pty/package.json'), '{"na');
};
