import { createHash } from 'node:crypto';
import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText } from '../store/json-shape.ts';
import { createMemoryFile } from './memory-file.ts';
import { neighbourFolders, realPlace } from './module-folders.ts';
import { isFile, orNull } from './tolerant-look.ts';

/** A file that fitted, as it was then; without places (P-16). */
type KnownFit = {
  readonly tag: string;
  readonly name: string;
  /** From the package's folder on. */
  readonly file: string;
  /** A digest of the package's real folder, and of size, times and inode of that folder and of the file. */
  readonly mark: string;
};

/** Spares a launch reading compiled files that it has read before. */
export type FitMemory = {
  /** Does the copy in `dir` fit, as far as is remembered? False: it has to be looked at. */
  recall(tag: string, name: string, dir: string): boolean;
  keep(tag: string, name: string, dir: string, file: string): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
};

const parse = (value: unknown): KnownFit | null => {
  const record = asRecord(value);
  const [tag, name, file] = [asText(record?.tag), asText(record?.name), asText(record?.file)];
  const mark = asText(record?.mark);
  if (tag === null || name === null || file === null || mark === null) return null;
  return path.posix.isAbsolute(file) || file.split('/').includes('..') ? null : { tag, name, file, mark };
};

/** A file of a platform package lies in a folder of that package's own, where a loader finds it. */
const placesOf = (fs: FileSystem, dir: string, name: string, file: string): readonly string[] => {
  const own = path.join(dir, file);
  return isFile(fs, own) ? [own] : neighbourFolders(fs, dir, name).map(folder => path.join(folder, file));
};

const digestOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const statOf = (fs: FileSystem, place: string): string | null => {
  const stats = orNull(() => fs.statSync(place, { throwIfNoEntry: false }));
  if (stats === null || stats === undefined) return null;
  return [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino].join(' ');
};

/**
 * Null where one of them can't be looked at. A folder's time changes when something comes to lie in it; where all times are the
 * same, as in images and in stores of builds that can be repeated, the place and the inode tell one from another.
 */
const markOf = (fs: FileSystem, dir: string, name: string, file: string): string | null => {
  const folder = statOf(fs, dir);
  for (const place of folder === null ? [] : placesOf(fs, dir, name, file)) {
    const stat = statOf(fs, place);
    if (stat !== null) return digestOf([realPlace(fs, dir), folder, stat]);
  }
  return null;
};

export const createFitMemory = (fs: FileSystem, file: string): FitMemory => {
  const memory = createMemoryFile(fs, { file, list: 'fits', parse });
  return {
    recall: (tag, name, dir) =>
      memory.find(
        known => known.tag === tag && known.name === name && known.mark === markOf(fs, dir, name, known.file),
      ) !== undefined,
    keep: (tag, name, dir, fitting) => {
      const mark = markOf(fs, dir, name, fitting);
      if (mark === null) return;
      const known: KnownFit = { tag, name, file: fitting, mark };
      memory.keep(known, other => other.mark === mark && other.tag === tag && other.name === name);
    },
    idle: memory.idle,
  };
};

export const forgetful: FitMemory = {
  recall: () => false,
  keep: () => undefined,
  idle: () => Promise.resolve(),
};
