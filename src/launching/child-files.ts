import nodeFs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFileSystem } from '../store/file-system.ts';

/** What a child is given of our own: files that it must be able to read. */
export type ChildFiles = {
  /** Preloads of a Node. */
  readonly identity: string;
  readonly natives: string;
  readonly coreLock: string;
  /** The folder of a `sitecustomize.py`. */
  readonly python: string;
};

const here = path.dirname(fileURLToPath(import.meta.url));

/** This module is below `dist/src`, or joined into `dist/launcher.js`. */
const roots = [path.resolve(here, '../../..'), path.resolve(here, '..')];

const filesBelow = (root: string): ChildFiles => ({
  identity: path.join(root, 'dist/src/child/identity.cjs'),
  natives: path.join(root, 'dist/src/child/natives.cjs'),
  coreLock: path.join(root, 'dist/src/child/core-lock-register.cjs'),
  python: path.join(root, 'src/child/python'),
});

/** `…/app.asar/…` → `…/app.asar.unpacked/…`; itself where there is no archive in it. */
export const unpackedPlace = (place: string): string => place.replace(/\.asar(?=[\\/])/, '.asar.unpacked');

/** What decides who can read them. */
export type Reader =
  | { readonly kind: 'node'; readonly electron: string | null }
  | { readonly kind: 'python' };

/**
 * The files as the executable can read them: outside an archive; inside only an Electron sees them. Null: it can't (N-11).
 */
export const childFiles = (abi: Reader, below: readonly string[] = roots): ChildFiles | null => {
  const readers = abi.kind === 'node' && abi.electron !== null ? [nodeFileSystem, nodeFs] : [nodeFileSystem];
  const places = [...below.map(unpackedPlace), ...below];
  for (const reader of readers) {
    const files = places
      .map(filesBelow)
      .find(({ identity, python }) => reader.existsSync(abi.kind === 'python' ? python : identity));
    if (files !== undefined) return files;
  }
  return null;
};
