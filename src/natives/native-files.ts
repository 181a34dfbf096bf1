import type { Dirent } from 'node:fs';
import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, parseJson } from '../store/json-shape.ts';
import { readSmallFile } from '../store/small-file.ts';
import { pathClaims } from './claims.ts';
import { readImage } from './image/image.ts';
import type { NativeFile } from './offer.ts';
import { isFile, isFolder, orNull } from './tolerant-look.ts';

/** The compiled files of a folder; not complete where there was more than is looked at. */
export type FoundFiles = { readonly files: readonly NativeFile[]; readonly complete: boolean };

const mostEntries = 20_000;
const mostFiles = 256;
const deepest = 8;
/** Other packages, and what a build leaves beside its result. */
const passedBy = new Set(['node_modules', 'obj.target', 'obj', '.deps', 'node_gyp_bins', '__pycache__']);

export const isNativeName = (name: string): boolean => /\.(?:node|so|pyd)$/i.test(name);

type Walk = { readonly fs: FileSystem; readonly root: string; entriesLeft: number; complete: boolean };

const leadsToFolder = (fs: FileSystem, entry: Dirent, place: string): boolean =>
  entry.isDirectory() || (entry.isSymbolicLink() && isFolder(fs, place));

/**
 * Paths from the root on, sorted in each folder. Links are followed, as a copy of the package will; `above` are real paths,
 * so that a link to a folder above ends.
 */
const namesBelow = (walk: Walk, folder: string, above: readonly string[]): string[] => {
  const { fs, root } = walk;
  const real = orNull(() => fs.realpathSync(path.join(root, folder)));
  if (real === null || above.includes(real)) return [];
  const entries = orNull(() => fs.readdirSync(real, { withFileTypes: true })) ?? [];
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (walk.entriesLeft <= 0) break;
    walk.entriesLeft -= 1;
    const place = path.posix.join(folder, entry.name);
    if (leadsToFolder(fs, entry, path.join(root, place))) {
      if (passedBy.has(entry.name)) continue;
      if (above.length < deepest) found.push(...namesBelow(walk, place, [...above, real]));
      else walk.complete = false;
    } else if (isNativeName(entry.name) && isFile(fs, path.join(root, place))) found.push(place);
  }
  if (walk.entriesLeft <= 0) walk.complete = false;
  return found;
};

const textOf = (fs: FileSystem, file: string): string => {
  const read = orNull(() => readSmallFile(fs, file, 2 ** 20));
  return read?.kind === 'text' ? read.text : '';
};

/** `build/config.gypi`, JSON below a remark, is node-gyp's; `.forge-meta`, `<arch>--<ABI>`, is that of a rebuild for Electron. */
const builtFor = (fs: FileSystem, root: string, file: string): string | null => {
  const folder = path.posix.dirname(file);
  if (!/(?:^|\/)build\/(?:Release|Debug)$/.test(folder)) return null;
  const rebuilt = /--(\d{1,6})\s*$/.exec(textOf(fs, path.join(root, folder, '.forge-meta')))?.[1];
  if (rebuilt !== undefined) return rebuilt;
  const config = parseJson(textOf(fs, path.join(root, folder, '..', 'config.gypi')).replace(/^#.*$/gm, ''));
  const modules = asRecord(asRecord(config)?.variables)?.node_module_version;
  return typeof modules === 'number' || typeof modules === 'string' ? String(modules) : null;
};

export const nativeFile = (fs: FileSystem, root: string, file: string): NativeFile => ({
  path: file,
  claims: pathClaims(file),
  look: readImage(fs, path.join(root, file)),
  builtFor: builtFor(fs, root, file),
});

/** Looks for compiled files below a folder, and into each of them; bounded in number, depth and bytes. */
export const nativeFilesBelow = (fs: FileSystem, root: string): FoundFiles => {
  const walk: Walk = { fs, root, entriesLeft: mostEntries, complete: true };
  const names = namesBelow(walk, '', []);
  return {
    files: names.slice(0, mostFiles).map(name => nativeFile(fs, root, name)),
    complete: walk.complete && names.length <= mostFiles,
  };
};
