import type { Stats } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { diskFailure, errnoOf, hasErrno } from '../failure.ts';
import type { FileSystem } from './file-system.ts';

/** The names in a folder, sorted; none where the folder is missing or can't be read. */
export const namesIn = (fs: FileSystem, dir: string): string[] => {
  try {
    return fs.readdirSync(dir).sort();
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EIO', 'ELOOP')) return [];
    throw diskFailure(error, `read the folder ${path.basename(dir)}`);
  }
};

/** What is there itself, links not followed; undefined for nothing. */
const looked = (fs: FileSystem, place: string): Stats | undefined => {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false });
  } catch (error) {
    throw diskFailure(error, `look at ${path.basename(place)}`);
  }
};

/** Is a folder itself there, no link to one? */
export const isFolder = (fs: FileSystem, place: string): boolean => {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
};

/** The names of what may be removed: none where a link stands in the folder's place, for that leads to what is not ours. */
export const ownNamesIn = (fs: FileSystem, dir: string): string[] =>
  isFolder(fs, dir) ? namesIn(fs, dir) : [];

/** Everything below a folder that is no folder, as posix paths with their sizes; links are not followed. */
export async function* filesBelow(
  fs: FileSystem,
  dir: string,
  below = '',
): AsyncGenerator<{ readonly path: string; readonly size: number; readonly isFile: boolean }> {
  for (const name of namesIn(fs, path.join(dir, below))) {
    const inside = below === '' ? name : `${below}/${name}`;
    const stats = looked(fs, path.join(dir, inside));
    if (stats?.isDirectory() === true) yield* filesBelow(fs, dir, inside);
    // A name that is no text can't be asked for by it, and is there all the same.
    else yield { path: inside, size: stats?.size ?? 0, isFile: stats?.isFile() === true };
  }
  // A turn of the event loop per folder: a large tree must not hold up a window.
  await nextTurn();
}

/** Bytes below a path, or of the file itself. */
export const bytesOf = async (fs: FileSystem, place: string): Promise<number> => {
  const stats = looked(fs, place);
  if (stats?.isDirectory() !== true) return stats?.size ?? 0;
  let bytes = 0;
  for await (const file of filesBelow(fs, place)) bytes += file.size;
  return bytes;
};

/** What is there, links followed; undefined for nothing, or nothing that we may look at. */
export const statOf = (fs: FileSystem, place: string): Stats | undefined => {
  try {
    return fs.statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
};

/** A place, or where it would be made: the nearest one above that exists. */
export const nearest = (fs: FileSystem, place: string): string => {
  const above = path.dirname(place);
  return statOf(fs, place) !== undefined || above === place ? place : nearest(fs, above);
};
