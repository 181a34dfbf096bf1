import path from 'node:path';
import { diskFailure, hasErrno } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { readDistributionFile } from './python-file.ts';
import { moduleName, type NamespaceLook } from './python-modules.ts';

/** Characters of an `__init__.py` that only shares its folder with others (the two ways before PEP 420). */
const longestSharing = 2048;
const sharing = /\bextend_path\s*\(|\bdeclare_namespace\s*\(/;

const namesIn = (fs: FileSystem, folder: string): readonly string[] | null => {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw diskFailure(error, `read the folder ${path.basename(folder)}`);
  }
};

const sizeOf = (fs: FileSystem, file: string): number | null => {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.size ?? null;
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw diskFailure(error, `look at ${path.basename(path.dirname(file))}`);
  }
};

const look = (fs: FileSystem, folder: string): boolean => {
  const file = path.join(folder, '__init__.py');
  const size = sizeOf(fs, file);
  if (size === null) return namesIn(fs, folder)?.every(name => moduleName(name) !== '__init__') ?? false;
  if (size === 0 || size > longestSharing) return false;
  return sharing.test(readDistributionFile(fs, file, longestSharing)?.toString('latin1') ?? '');
};

/** Looks at each folder below `dir` once. */
export const namespacesIn = (fs: FileSystem, dir: string): NamespaceLook => {
  const known = new Map<string, boolean>();
  return folder => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const found = look(fs, path.join(dir, folder));
    known.set(folder, found);
    return found;
  };
};
