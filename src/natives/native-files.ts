import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, parseJson } from '../store/json-shape.ts';
import { readSmallFile } from '../store/small-file.ts';
import { pathClaims } from './claims.ts';
import { readImage } from './image/image.ts';
import type { NativeFile } from './offer.ts';
import { orNull } from './tolerant-look.ts';

/** The compiled files of a folder; not complete where there was more than is looked at. */
export type FoundFiles = { readonly files: readonly NativeFile[]; readonly complete: boolean };

const mostEntries = 20_000;
const mostFiles = 256;
const deepest = 8;
/** Other packages, and what a build leaves beside its result. */
const passedBy = new Set(['node_modules', 'obj.target', 'obj', '.deps', 'node_gyp_bins', '__pycache__']);

export const isNativeName = (name: string): boolean => /\.(?:node|so|pyd)$/i.test(name);

type Walk = { readonly fs: FileSystem; readonly root: string; entriesLeft: number; complete: boolean };

const isFile = (fs: FileSystem, file: string): boolean =>
  orNull(() => fs.statSync(file, { throwIfNoEntry: false })?.isFile()) === true;

/** Paths from the root on, sorted in each folder; links to folders are not followed. */
const namesBelow = (walk: Walk, folder: string, depth: number): string[] => {
  const { fs, root } = walk;
  const entries = orNull(() => fs.readdirSync(path.join(root, folder), { withFileTypes: true })) ?? [];
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (walk.entriesLeft <= 0) break;
    walk.entriesLeft -= 1;
    const place = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (passedBy.has(entry.name)) continue;
      if (depth < deepest) found.push(...namesBelow(walk, place, depth + 1));
      else walk.complete = false;
    } else if (isNativeName(entry.name) && (entry.isFile() || isFile(fs, path.join(root, place))))
      found.push(place);
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
  const names = namesBelow(walk, '', 0);
  return {
    files: names.slice(0, mostFiles).map(name => nativeFile(fs, root, name)),
    complete: walk.complete && names.length <= mostFiles,
  };
};
