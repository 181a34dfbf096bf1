import { createHash } from 'node:crypto';
import path from 'node:path';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { FileSystem } from './file-system.ts';
import { asArray, asRecord, asText, isSha256, parseJson } from './json-shape.ts';
import { treeListName } from './layout.ts';
import { isVersion } from './semantic-version.ts';
import { readSmallFile, sizeLimits } from './small-file.ts';

/** One regular file of a staged tree; `path` is relative with forward slashes, `mode` its permission bits. */
export type TreeEntry = {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly sha256: string;
  readonly mtimeMs: number;
};

/** What was staged, from the tarball's own list and the natives that were copied (P-08, P-09). */
export type TreeList = {
  readonly schema: 1;
  readonly name: string;
  readonly version: string;
  /** Null where no registry announced one: a bundled runtime. */
  readonly integrity: string | null;
  readonly entry: string;
  /** Names of the native dependencies in `node_modules`. */
  readonly natives: readonly string[];
  readonly files: readonly TreeEntry[];
};

export type TreeListFile = { readonly list: TreeList; readonly digest: string };

/** By code units, not by locale: the order must be the same everywhere. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The text to write: a line per file as a tuple, sorted by path, the same to the byte for the same tree. */
export const serializeTreeList = (list: TreeList): string => {
  const { schema, name, version, integrity, entry } = list;
  const head = JSON.stringify({
    schema,
    name,
    version,
    integrity,
    entry,
    natives: [...list.natives].sort(compareText),
  });
  const lines = [...list.files]
    .sort((a, b) => compareText(a.path, b.path))
    .map(file => JSON.stringify([file.path, file.size, file.mode, file.sha256, Math.trunc(file.mtimeMs)]));
  return `${head.slice(0, -1)},"files":[\n${lines.join(',\n')}\n]}\n`;
};

/** SHA-256 of a tree list, as the pointer records it. */
export const treeDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Plain relative segments: nothing that could lead out of the tree. */
const isTreePath = (text: string): boolean =>
  text !== '' && text !== treeListName && !/[\\\0]|^\/|^[a-z]:|(?:^|\/)(?:\.{0,2})(?:\/|$)/i.test(text);

const parseEntry = (value: unknown): TreeEntry | null => {
  if (!Array.isArray(value) || value.length !== 5) return null;
  const [file, size, mode, sha256, mtimeMs] = value as readonly unknown[];
  if (typeof file !== 'string' || typeof size !== 'number' || typeof mode !== 'number') return null;
  if (typeof mtimeMs !== 'number' || !isSha256(sha256) || !isTreePath(file)) return null;
  return { path: file, size, mode, sha256, mtimeMs };
};

const parseFiles = (value: unknown): TreeEntry[] | null => {
  const entries: TreeEntry[] = [];
  for (const item of asArray(value)) {
    const entry = parseEntry(item);
    if (entry === null) return null;
    entries.push(entry);
  }
  return entries.length > 0 ? entries : null;
};

/** The list in a text, or null if it has not the shape of one. */
export const parseTreeList = (text: string): TreeList | null => {
  const record = asRecord(parseJson(text));
  const files = parseFiles(record?.files);
  if (record === null || files === null || record.schema !== 1 || !isVersion(record.version)) return null;
  const [name, entry] = [asText(record.name), asText(record.entry)];
  if (name === null || entry === null || !isTreePath(entry)) return null;
  const natives = asArray(record.natives).filter(native => typeof native === 'string');
  return {
    schema: 1,
    name,
    version: record.version,
    integrity: asText(record.integrity),
    entry,
    natives,
    files,
  };
};

/** The tree list inside a folder with its digest, or null if it is missing or damaged. */
export const readTreeList = (fs: FileSystem, dir: string): TreeListFile | null => {
  const text = readListText(fs, dir);
  const list = text === null ? null : parseTreeList(text);
  return text === null || list === null ? null : { list, digest: treeDigest(text) };
};

/** The digest of the tree list inside a folder, whatever it holds; null if it is missing or can't be read. */
export const readTreeDigest = (fs: FileSystem, dir: string): string | null => {
  const text = readListText(fs, dir);
  return text === null ? null : treeDigest(text);
};

const readListText = (fs: FileSystem, dir: string): string | null => {
  const place = path.join(dir, treeListName);
  try {
    // Behind a link it would be a file of somebody else, today the same one.
    if (fs.lstatSync(place, { throwIfNoEntry: false })?.isFile() !== true) return null;
    const file = readSmallFile(fs, place, sizeLimits.treeList);
    return file.kind === 'text' ? file.text : null;
  } catch (error) {
    if (error instanceof StagedoorError || errnoOf(error) === undefined) throw error;
    return null;
  }
};
