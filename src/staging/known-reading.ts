import { hash } from 'node:crypto';
import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';

const damaged = (place: string, why: string): StagedoorError =>
  new StagedoorError('TREE_DAMAGED', `the staged ${place} ${why}`);

/** By absolute path: what a tree holds; null for its folders. */
const knownPlaces = (tree: string, files: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry | null> => {
  const known = new Map<string, TreeEntry | null>([[tree, null]]);
  for (const file of files) {
    const place = path.join(tree, file.path);
    known.set(place, file);
    for (let dir = path.dirname(place); !known.has(dir); dir = path.dirname(dir)) known.set(dir, null);
  }
  return known;
};

/**
 * The same file system, on which a staged tree reads as it was unpacked or not at all. What is made of what a disk says for a moment
 * (a file that is gone, other bytes) would be wrong for as long as the version is used (P-09), and be held against the package
 * (P-26). `tree` is a real path.
 */
export const asUnpacked = (fs: FileSystem, tree: string, files: readonly TreeEntry[]): FileSystem => {
  const known = knownPlaces(tree, files);
  const sure =
    (read: (...input: never[]) => unknown) =>
    (...input: never[]): unknown => {
      const place = String(input[0]);
      try {
        const found: unknown = Reflect.apply(read, fs, input);
        if (found === undefined && known.has(place)) throw damaged(path.relative(tree, place), 'is gone');
        return found;
      } catch (error) {
        if (!known.has(place) && hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
        throw diskFailure(error, `read ${path.basename(place)}`);
      }
    };

  const readFileSync = (file: string, encoding?: BufferEncoding): Buffer | string => {
    const bytes = fs.readFileSync(file);
    const entry = known.get(file);
    if (entry != null && hash('sha256', bytes) !== entry.sha256)
      throw damaged(entry.path, 'is not the one that was unpacked');
    return encoding === undefined ? bytes : bytes.toString(encoding);
  };

  return {
    ...fs,
    readFileSync: sure(readFileSync),
    readdirSync: sure(fs.readdirSync),
    lstatSync: sure(fs.lstatSync),
    statSync: sure(fs.statSync),
    realpathSync: Object.assign(sure(fs.realpathSync), { native: sure(fs.realpathSync.native) }),
  } as FileSystem;
};
