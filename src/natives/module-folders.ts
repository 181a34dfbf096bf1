import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { isFile, isFolder, orNull } from './tolerant-look.ts';

const withAllAbove = (folder: string): readonly string[] => {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withAllAbove(parent)];
};

/** A place as a loader sees it, behind all links; itself where nothing is there. By the system: Node's own way costs a first call four times as much. */
export const realPlace = (fs: FileSystem, place: string): string =>
  orNull(() => fs.realpathSync.native(place)) ?? path.resolve(place);

/**
 * The folders `node_modules` in which Node looks for what a file in `from` asks for, the nearest first: only those that are
 * there, and with `top` none above it.
 */
export const moduleFolders = (fs: FileSystem, from: string, top: string | null = null): readonly string[] => {
  const folders = withAllAbove(realPlace(fs, from));
  const end = top === null ? folders.length : folders.indexOf(realPlace(fs, top)) + 1;
  return folders
    .slice(0, end)
    .filter(folder => path.basename(folder) !== 'node_modules')
    .map(folder => path.join(folder, 'node_modules'))
    .filter(folder => isFolder(fs, folder));
};

/** Where Node begins: the real folder of a file, and the folder above which it does not look (null: the root). */
export type NodeStart = { readonly from: string; readonly top: string | null };

/** The nearest copy of a package, which is the one that Node loads, whatever lies above it; null where there is none. */
export const nearestPackage = (fs: FileSystem, { from, top }: NodeStart, name: string): string | null => {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const home = `${folder}${path.sep}node_modules${path.sep}${name}`;
    const isPlace = path.basename(folder) !== 'node_modules';
    if (isPlace && isFile(fs, `${home}${path.sep}package.json`)) return home;
    if (folder === top || folder === path.dirname(folder)) return null;
  }
};

/**
 * Where a package in `dir` finds those that it needs. A folder of packages with another name is no place for a loader, but from one
 * that the app names, each is led to the others.
 */
export const neighbourFolders = (fs: FileSystem, dir: string, name: string): readonly string[] => {
  const holder = path.resolve(dir, ...name.split('/').map(() => '..'));
  return [...moduleFolders(fs, dir), ...(path.basename(holder) === 'node_modules' ? [] : [holder])];
};
