import path from 'node:path';
import { provenText } from '../core-lock/lock-file.ts';
import { CoreLockUnreadable } from '../core-lock/lock-unreadable.ts';
import { type Locking, lockOf } from '../core-lock/locking.ts';
import { coreLockName } from '../core-lock/place.ts';
import { readPythonTree } from '../core-lock/python-tree.ts';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import { asUnpacked } from './known-reading.ts';
import { isPackageFault } from './refusal.ts';
import { compareFile } from './tree-proof.ts';
import { plainMode, treeWriter } from './tree-writer.ts';

/** A tree whose files are known by their hashes. */
export type KnownTree = {
  readonly tree: string;
  readonly files: readonly TreeEntry[];
  /** Names of what was copied from the shell. */
  readonly natives: readonly string[];
};

const locking = (fs: FileSystem, dir: string): Locking => lockOf(fs, { dir, metafile: null }, readPythonTree);

/** A native dependency comes from the shell: what makes it impossible to lock is not held against the package. */
const faultOfNative = (fs: FileSystem, tree: string, natives: readonly string[]): StagedoorError | null => {
  for (const name of natives) {
    const dir = path.join(tree, 'node_modules', name);
    if (!fs.existsSync(dir)) continue;
    try {
      locking(fs, dir);
    } catch (error) {
      if (!isPackageFault(error)) continue;
      const message = `the native dependency ${name} can't be locked: ${error.message}`;
      return new StagedoorError('NATIVE_SOURCE_MISSING', message, { cause: error });
    }
  }
  return null;
};

/** An empty lock, or one that nobody could read again, comes of what the package is: nobody here has named the folder. */
const asPackageFault = (error: unknown): unknown => {
  if (error instanceof CoreLockUnreadable) return new StagedoorError('PACKAGE_UNSAFE', error.message);
  return error instanceof StagedoorError && error.code === 'BUNDLED_INVALID'
    ? new StagedoorError('PACKAGE_INVALID', error.message)
    : error;
};

const lockText = (fs: FileSystem, { tree, natives }: KnownTree): string => {
  try {
    return provenText(locking(fs, tree).lock, coreLockName);
  } catch (thrown) {
    const error = asPackageFault(thrown);
    throw (isPackageFault(error) && faultOfNative(fs, tree, natives)) || error;
  }
};

/**
 * Writes which packages belong to a staged runtime into its tree (K-01). What can't be locked is refused for what it is:
 * PACKAGE_UNSAFE or PACKAGE_INVALID; NATIVE_SOURCE_MISSING where it comes of a native dependency.
 */
export const stageCoreLock = (fs: FileSystem, known: KnownTree): TreeEntry => {
  // Links above the store are followed by who reads the tree, too.
  const tree = fs.realpathSync(known.tree);
  const bytes = Buffer.from(lockText(asUnpacked(fs, tree, known.files), { ...known, tree }));
  const writer = treeWriter(fs, tree);
  try {
    writer.begin(coreLockName, bytes.length, plainMode);
    writer.write(bytes);
    const entry = writer.end();
    compareFile(fs, tree, coreLockName, entry);
    return entry;
  } finally {
    writer.close();
  }
};
