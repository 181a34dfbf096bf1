import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A `package.json`, of which nothing is sure. */
export type Manifest = { readonly [key: string]: unknown };

/** Bytes; as locks are made with. */
const largestManifest = 4_194_304;

const known = new Map<string, Manifest | null>();

const read = (file: string): Manifest | null => {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size > largestManifest) return null;
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Manifest) : null;
  } catch {
    // Node says what is wrong with it where it matters; here it names nothing.
    return null;
  }
};

/** The manifest in a folder; null where there is none that can be read. Read once. */
export const manifestIn = (folder: string): Manifest | null => {
  const manifest = known.get(folder);
  if (manifest !== undefined) return manifest;
  const fresh = read(path.join(folder, 'package.json'));
  known.set(folder, fresh);
  return fresh;
};

export const nameIn = (folder: string): string | null => {
  const name = manifestIn(folder)?.name;
  return typeof name === 'string' ? name : null;
};

/** What the nearest manifest above a file says of the kind of its `.js` files. */
export const typeFor = (file: string): unknown => {
  for (let dir = path.dirname(file); ; dir = path.dirname(dir)) {
    const manifest = manifestIn(dir);
    if (manifest !== null || path.basename(dir) === 'node_modules' || dir === path.dirname(dir))
      return manifest?.type;
  }
};
