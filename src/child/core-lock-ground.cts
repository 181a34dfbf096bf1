import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Copies } from './core-lock-file.cjs';

/** What belongs to the runtime. */
export type Ground = {
  /** The folder that the places of the lock begin at, without links. */
  readonly root: string;
  /** The folders whose files are the runtime's, each with a separator at its end: the root, and where its natives are. */
  readonly folders: readonly string[];
  readonly urls: readonly string[];
};

const realOf = (place: string): string | null => {
  try {
    return realpathSync.native(place);
  } catch {
    // Not there: nothing can come from it.
    return null;
  }
};

/** A package that tells whether the places of a lock are below a folder; null where all are joined into files. */
const sampleOf = ({ named }: Copies): string | null => {
  const places = [...named.values()].map(({ place }) => place).filter(place => place !== null);
  return places.find(place => place !== '.') ?? places[0] ?? null;
};

/** The lock's own folder; else the nearest one at or above the runtime's entry that has the places. */
const rootOf = (file: string, copies: Copies): string => {
  const sample = sampleOf(copies);
  const has = (folder: string): boolean =>
    sample === null || existsSync(path.join(folder, sample, 'package.json'));
  const beside = path.dirname(path.resolve(file));
  if (has(beside)) return beside;
  const entry = process.env.STAGEDOOR_ENTRY ?? process.argv[1];
  let folder = entry === undefined ? null : realOf(path.dirname(path.resolve(entry)));
  while (folder !== null && !has(folder))
    folder = path.dirname(folder) === folder ? null : path.dirname(folder);
  if (folder === null) throw new Error('its places are neither beside it nor about the entry of the runtime');
  return folder;
};

const nativeFolders = (): readonly string[] => {
  try {
    const dirs: unknown = JSON.parse(process.env.STAGEDOOR_NATIVE_DIRS ?? '{}');
    return Object.values(Object(dirs)).filter(dir => typeof dir === 'string');
  } catch {
    // Whoever leads to the natives tells it.
    return [];
  }
};

/** Throws where nothing lies where the lock says. */
export const groundOf = (file: string, copies: Copies): Ground => {
  const given = rootOf(file, copies);
  const root = realOf(given) ?? given;
  const places = [root, given, ...nativeFolders()].flatMap(place => [realOf(place) ?? place, place]);
  const folders = [...new Set(places)].map(place => path.join(place, path.sep));
  return { root, folders, urls: folders.map(folder => pathToFileURL(folder).href) };
};

/** Whether a file is the runtime's own; a path that climbs is seen as what it leads to. */
export const isInside = ({ folders }: Ground, file: string): boolean => {
  const plain = file.includes('..') ? path.resolve(file) : file;
  return folders.some(folder => plain.startsWith(folder));
};
