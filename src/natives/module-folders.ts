import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { isFolder, orNull } from './tolerant-look.ts';

const withAllAbove = (folder: string): readonly string[] => {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withAllAbove(parent)];
};

/** A place as a loader sees it, behind all links; itself where nothing is there. */
export const realPlace = (fs: FileSystem, place: string): string =>
  orNull(() => fs.realpathSync(place)) ?? path.resolve(place);

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

/**
 * Where a package in `dir` finds those that it needs. A folder of packages with another name is no place for a loader, but from one
 * that the app names, each is led to the others.
 */
export const neighbourFolders = (fs: FileSystem, dir: string, name: string): readonly string[] => {
  const holder = path.resolve(dir, ...name.split('/').map(() => '..'));
  return [...moduleFolders(fs, dir), ...(path.basename(holder) === 'node_modules' ? [] : [holder])];
};
