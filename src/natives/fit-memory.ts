import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText } from '../store/json-shape.ts';
import { createMemoryFile } from './memory-file.ts';
import { neighbourFolders } from './module-folders.ts';
import { ownAbi } from './own-abi.ts';
import { orNull } from './tolerant-look.ts';

/** A file that fitted, as it was then; without places (P-16). */
type KnownFit = {
  readonly tag: string;
  /** The executable that had this tag, where it was our own, as it was then; else empty. */
  readonly exec: string;
  readonly name: string;
  /** From the package's folder on. */
  readonly file: string;
  /** A sum of the package's real folder; device, inode, size and times of that folder and of the file. */
  readonly mark: string;
};

/** Spares a launch reading compiled files that it has read before. */
export type FitMemory = {
  /** Does the copy in `dir` fit, as far as is remembered? False: it has to be looked at. */
  recall(tag: string, name: string, dir: string): boolean;
  /** The tag of our own executable, if the copy in `dir` is known to fit it and nothing has changed since; else null. */
  recallOwn(name: string, dir: string): string | null;
  keep(tag: string, name: string, dir: string, file: string): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
};

const parse = (value: unknown): KnownFit | null => {
  const record = asRecord(value);
  const [tag, name, file] = [asText(record?.tag), asText(record?.name), asText(record?.file)];
  const [mark, exec] = [asText(record?.mark), asText(record?.exec)];
  if (tag === null || name === null || file === null || mark === null || exec === null) return null;
  if (!/^[\w.-]{1,200}$/.test(tag)) return null;
  return path.posix.isAbsolute(file) || file.split('/').includes('..')
    ? null
    : { tag, exec, name, file, mark };
};

const statOf = (fs: FileSystem, place: string, kind: 'isFile' | 'isDirectory'): string | null => {
  const stats = orNull(() => fs.statSync(place, { throwIfNoEntry: false }));
  if (stats === null || stats === undefined || !stats[kind]()) return null;
  const { dev, ino, size, mtimeMs, ctimeMs } = stats;
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
};

/** A file of a platform package lies in a folder of that package's own, where a loader finds it. */
const fileStatOf = (fs: FileSystem, dir: string, name: string, file: string): string | null => {
  const own = statOf(fs, `${dir}/${file}`, 'isFile');
  if (own !== null) return own;
  for (const folder of neighbourFolders(fs, dir, name)) {
    const stat = statOf(fs, path.join(folder, file), 'isFile');
    if (stat !== null) return stat;
  }
  return null;
};

/**
 * FNV-1a in 32 bits: a place is not to be read off the file (P-16), and beside inode and times it only has to differ from most others.
 * A digest costs its first caller a third of a millisecond.
 */
const sumOf = (text: string): string => {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(16);
};

/**
 * Null where one of them can't be looked at. A folder's time changes when something comes to lie in it; where all times are the
 * same, as in images and in stores of builds that can be repeated, the place and the inode tell one from another.
 */
const markOf = (fs: FileSystem, dir: string, name: string, file: string): string | null => {
  const folder = statOf(fs, dir, 'isDirectory');
  const stat = folder === null ? null : fileStatOf(fs, dir, name, file);
  const real = stat === null ? null : orNull(() => fs.realpathSync.native(dir));
  return real === null ? null : `${sumOf(real)} ${folder} ${stat}`;
};

/** What this process is, without having read it; null where the file can't be looked at. */
const ownExecutable = (fs: FileSystem): string | null => {
  const stat = statOf(fs, process.execPath, 'isFile');
  const { modules, electron } = process.versions;
  return stat === null
    ? null
    : `${process.platform} ${process.arch} ${electron ?? 'node'} ${modules} ${stat}`;
};

export const createFitMemory = (fs: FileSystem, file: string): FitMemory => {
  const memory = createMemoryFile(fs, { file, list: 'fits', parse });
  return {
    recall: (tag, name, dir) =>
      memory.find(
        known => known.tag === tag && known.name === name && known.mark === markOf(fs, dir, name, known.file),
      ) !== undefined,
    recallOwn: (name, dir) => {
      const exec = ownExecutable(fs);
      const known = memory.find(
        one => one.exec === exec && one.name === name && one.mark === markOf(fs, dir, name, one.file),
      );
      return known?.tag ?? null;
    },
    keep: (tag, name, dir, fitting) => {
      const mark = markOf(fs, dir, name, fitting);
      if (mark === null) return;
      const exec = tag === ownAbi().tag ? (ownExecutable(fs) ?? '') : '';
      const known: KnownFit = { tag, exec, name, file: fitting, mark };
      memory.keep(known, other => other.mark === mark && other.tag === tag && other.name === name);
    },
    idle: memory.idle,
  };
};

export const forgetful: FitMemory = {
  recall: () => false,
  recallOwn: () => null,
  keep: () => undefined,
  idle: () => Promise.resolve(),
};
