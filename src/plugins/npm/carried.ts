import path from 'node:path';
import { StagedoorError } from '../../failure.ts';
import type { Limits } from '../../staging/limits.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { asRecord, asText, type JsonRecord, parseJson } from '../../store/json-shape.ts';
import type { TreeEntry } from '../../store/tree-list.ts';
import type { Belongings } from './belonging.ts';

/** A package that lies in the archive of another one; paths begin in that one. */
export type Carried = { readonly folder: string; readonly manifest: JsonRecord };

export type Contents = {
  /** Where the archive was unpacked. */
  readonly root: string;
  readonly files: readonly TreeEntry[];
};

type Named = { readonly place: string; readonly name: string };

/**
 * What a path could be imported as: `node_modules/@a/b/index.js` → `@a/b` in `node_modules/@a/b`. A file that lies in
 * `node_modules` itself is imported by its name, with and without its ending.
 */
const namesOnTheWay = (file: string): readonly Named[] => {
  const parts = file.split('/');
  return parts.flatMap((part, index) => {
    if (part.toLowerCase() !== 'node_modules') return [];
    const end = index + (parts[index + 1]?.startsWith('@') === true ? 3 : 2);
    const place = parts.slice(0, end).join('/');
    const name = parts.slice(index + 1, end).join('/');
    const bare = name.replace(/\.(?:js|json|node)$/i, '');
    return end < parts.length || bare === name
      ? [{ place, name }]
      : [
          { place, name },
          { place, name: bare },
        ];
  });
};

const isManifest = (file: string): boolean => path.posix.basename(file).toLowerCase() === 'package.json';

const readCarried = (
  fs: FileSystem,
  { root }: Contents,
  { path: file, size }: TreeEntry,
  limits: Limits,
): JsonRecord => {
  if (size > limits.manifestBytes)
    throw new StagedoorError('PACKAGE_INVALID', `${file} is larger than ${limits.manifestBytes} bytes`);
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  return asRecord(parseJson(text.replace(/^\uFEFF/, ''))) ?? {};
};

/** Every manifest of an archive but its own; one that is no JSON is an empty one. */
export const carriedPackages = (fs: FileSystem, contents: Contents, limits: Limits): readonly Carried[] =>
  contents.files
    .filter(({ path: file }) => isManifest(file) && file.includes('/'))
    .map(file => ({
      folder: path.posix.dirname(file.path),
      manifest: readCarried(fs, contents, file, limits),
    }));

const isBelow = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);

/** A package that is found by its name; what lies elsewhere is loaded by its path, and led when it is. */
export const isPackageFolder = (folder: string): boolean =>
  /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*$/i.test(folder);

/** Copies of what belongs to the runtime: place → the runtime's name for it. */
export const copiesIn = (
  contents: Contents,
  carried: readonly Carried[],
  { copyOf }: Belongings,
): ReadonlyMap<string, string> => {
  const copies = new Map<string, string>();
  for (const { path: file } of contents.files)
    for (const { place, name } of namesOnTheWay(file)) {
      const copy = copyOf(name);
      if (copy !== undefined) copies.set(place, copy.name);
    }
  for (const one of carried) {
    const copy = copyOf(asText(one.manifest.name) ?? '');
    if (copy !== undefined && isPackageFolder(one.folder)) copies.set(one.folder, copy.name);
  }
  return copies;
};

/** Takes folders and files out of what was unpacked, on the disk and in the list. */
export const withoutPlaces = (
  fs: FileSystem,
  { root, files }: Contents,
  places: Iterable<string>,
): readonly TreeEntry[] => {
  let left = files;
  for (const place of places) {
    const kept = left.filter(({ path: file }) => file !== place && !isBelow(place, file));
    if (kept.length === left.length) continue;
    fs.rmSync(path.join(root, place), { recursive: true, force: true });
    left = kept;
  }
  return left;
};
