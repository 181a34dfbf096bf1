import path from 'node:path';
import { type Amounts, amountsOf } from '../core-lock/amounts.ts';
import { writeLock } from '../core-lock/lock-file.ts';
import { lockOf } from '../core-lock/locking.ts';
import type { LeftOut } from '../core-lock/node-tree.ts';
import { coreLockName } from '../core-lock/place.ts';
import { readPythonTree } from '../core-lock/python-tree.ts';
import type { FileSystem } from '../store/file-system.ts';

/** What the core lock of a bundle holds, and what lies in the bundle and is not in it. */
export type BundleLock = Amounts & {
  readonly packages: number;
  readonly leftOut: readonly LeftOut[];
};

/** Writes the core lock of a finished tree into it, over one that staging has written without the metafile (K-01). */
export const lockBundle = async (
  fs: FileSystem,
  tree: string,
  metafile: string | undefined,
): Promise<BundleLock> => {
  const { lock, leftOut } = lockOf(fs, { dir: tree, metafile: metafile ?? null }, readPythonTree);
  await writeLock(fs, path.join(tree, coreLockName), lock);
  return { packages: lock.packages.length, ...amountsOf(lock.packages), leftOut };
};
