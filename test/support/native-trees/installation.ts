import path from 'node:path';
import type { NativeTree } from '#machines/contract.js';
import type { Pin } from '#src/natives/dependency.js';
import { awaitOther, claimScratch } from '#src/natives/trees/claim.js';
import { commitTree } from '#src/natives/trees/commit.js';
import { findTree } from '#src/natives/trees/find.js';
import { stampOf } from '#src/natives/trees/stamp.js';
import { defaultLimits } from '#src/staging/limits.js';
import { unpackTarball } from '#src/staging/unpack.js';
import type { FileSystem } from '#src/store/file-system.js';
import type { Layout } from '#src/store/layout.js';
import { sweepScratch } from '#src/store/scratch.js';
import type { TreeEntry } from '#src/store/tree-list.js';
import { nativeName, packed } from './contents.ts';

export const tag = 'node-linux-x64-glibc-115';
export const pins: readonly Pin[] = [{ name: nativeName, version: '2.1.0', hashes: ['sha512-of-it'] }];
export const stamp = stampOf([nativeName], pins, []);
export const never: AbortSignal = new AbortController().signal;

/** Puts the real package into a scratch folder, by the code that unpacks versions. */
export const fill = async (fs: FileSystem, layout: Layout, scratch: string): Promise<TreeEntry[]> => {
  const tarball = layout.partialTarball(scratch);
  fs.writeFileSync(tarball, packed.tarball);
  const below = `node_modules/${nativeName}`;
  const tree = path.join(layout.partialTree(scratch), below);
  fs.mkdirSync(path.dirname(tree), { recursive: true });
  const request = { tarball, tree, limits: defaultLimits, natives: [] };
  const files = await unpackTarball(fs, request, never, () => undefined);
  return files.map(file => ({ ...file, path: `${below}/${file.path}` }));
};

export const commit = (
  fs: FileSystem,
  layout: Layout,
  scratch: string,
  files: readonly TreeEntry[],
): Promise<NativeTree> =>
  commitTree(fs, layout, { tag, scratch, names: [nativeName], pins, built: [], files }, never);

/** Between the filled folder and its commit; for a test that wants to be there. */
export type Steps = { readonly claimed?: () => Promise<void> | void };

/** The order of the chart: find, claim or wait, fill, commit; what was begun is cleaned up in any case. */
export const install = async (
  fs: FileSystem,
  layout: Layout,
  { claimed }: Steps = {},
): Promise<{ readonly tree: NativeTree; readonly by: 'us' | 'found' }> => {
  for (;;) {
    const found = await findTree(fs, layout, { tag, stamp });
    if (found !== null) return { tree: found, by: 'found' };
    const scratch = await claimScratch(fs, layout, { tag, stamp }, never);
    if (scratch === null) {
      await awaitOther(fs, layout, stamp, never);
      continue;
    }
    try {
      await claimed?.();
      return { tree: await commit(fs, layout, scratch, await fill(fs, layout, scratch)), by: 'us' };
    } finally {
      await sweepScratch(fs, layout, { abandoned: [scratch] });
    }
  }
};
