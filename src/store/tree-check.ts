import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { diskFailure, errnoOf, StagedoorError } from '../failure.ts';
import { withBusyRetry } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { filesBelow } from './folder.ts';
import { treeListName } from './layout.ts';
import { strictly } from './strict-reading.ts';
import { readTreeList, type TreeEntry, type TreeList, type TreeListFile } from './tree-list.ts';

export type TreeCheck =
  | { readonly ok: true; readonly list: TreeList; readonly digest: string }
  /** The first damage found; `path` is relative to the tree. */
  | { readonly ok: false; readonly path: string; readonly reason: string };

type CheckOptions = {
  /** Digest that the tree list must have; null: take the list as it is. */
  readonly expectedTree: string | null;
  /** `launch`: entry, package.json and natives by hash, the rest by size and time. `full`: everything, and no extra file. */
  readonly depth: 'launch' | 'full';
};

const chunkBytes = 1 << 20;
const scannerMs = 2000;
const filesPerTurn = 250;
const nativeFile = /\.(?:node|pyd|dylib|dll|exe|so(?:\.[\d.]+)?)$/i;

const damaged = (file: string, reason: string): TreeCheck => ({ ok: false, path: file, reason });

/** SHA-256 of a file, read in pieces that block the event loop for about a millisecond each. */
export const hashFile = async (fs: FileSystem, file: string, size: number): Promise<string> => {
  const hash = createHash('sha256');
  // Small ones at once: a hop to the thread pool costs more than reading them.
  if (size <= 1 << 16) return hash.update(fs.readFileSync(file)).digest('hex');
  const handle = await fs.promises.open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
};

/** Files that are hashed before every launch: what is executed first, and what the system maps into a process (P-10). */
const isVital = (list: TreeList): ((file: TreeEntry) => boolean) => {
  const folders = list.natives.map(name => `node_modules/${name}/`);
  return ({ path: file }) =>
    file === list.entry ||
    file === 'package.json' ||
    nativeFile.test(file) ||
    folders.some(folder => file.startsWith(folder));
};

/** Other rights are a matter of mounts and backups; a helper that can't be executed is not what was staged (P-15). */
const lostRights = ({ mode }: Stats, entry: TreeEntry): boolean =>
  process.platform !== 'win32' && (entry.mode & 0o111) !== 0 && (mode & 0o111) === 0;

/** What size, kind, rights and time say: a problem, nothing (null), or `hash`: only its bytes can tell. */
const lookAt = (fs: FileSystem, file: string, entry: TreeEntry, hash: boolean): string | null => {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 'it is missing';
  if (!stats.isFile()) return 'it is not a regular file';
  if (stats.size !== entry.size) return `it has ${stats.size} bytes instead of ${entry.size}`;
  if (lostRights(stats, entry)) return 'it may not be executed any more';
  // A changed time alone is no damage (a restored backup).
  return hash || Math.trunc(stats.mtimeMs) !== entry.mtimeMs ? 'hash' : null;
};

/** A scanner may hold the file for a moment: that is no damage either. */
const hashProblem = async (fs: FileSystem, file: string, entry: TreeEntry): Promise<string | null> => {
  const sha256 = await withBusyRetry(() => hashFile(fs, file, entry.size), { limitMs: scannerMs });
  return sha256 === entry.sha256 ? null : 'its content has changed';
};

const foldersOf = (list: TreeList): Set<string> => {
  const folders = new Set<string>();
  for (const { path: file } of list.files) {
    for (
      let dir = path.posix.dirname(file);
      dir !== '.' && !folders.has(dir);
      dir = path.posix.dirname(dir)
    ) {
      folders.add(dir);
    }
  }
  return folders;
};

/** A link in place of a folder would pass every check of the files behind it. */
const linkedFolder = (fs: FileSystem, dir: string, list: TreeList): string | undefined => {
  for (const folder of foldersOf(list)) {
    const stats = fs.lstatSync(path.join(dir, folder), { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) return folder;
  }
  return undefined;
};

const extraFile = async (fs: FileSystem, dir: string, list: TreeList): Promise<string | undefined> => {
  const known = new Set([...list.files.map(file => file.path), treeListName]);
  for await (const file of filesBelow(fs, dir)) if (!known.has(file.path)) return file.path;
  return undefined;
};

const findDamage = async (
  fs: FileSystem,
  dir: string,
  { list, digest }: TreeListFile,
  full: boolean,
): Promise<TreeCheck> => {
  const folder = linkedFolder(fs, dir, list);
  if (folder !== undefined) return damaged(folder, 'it is missing or not a folder');
  const vital = isVital(list);
  for (const [index, entry] of list.files.entries()) {
    const file = `${dir}/${entry.path}`;
    const look = lookAt(fs, file, entry, full || vital(entry));
    const reason = look === 'hash' ? await hashProblem(fs, file, entry) : look;
    if (reason !== null) return damaged(entry.path, reason);
    if (index % filesPerTurn === filesPerTurn - 1) await nextTurn();
  }
  const extra = full ? await extraFile(fs, dir, list) : undefined;
  return extra === undefined ? { ok: true, list, digest } : damaged(extra, 'it was not staged');
};

/**
 * Compares a tree with its own list, and the list with the digest that the pointer recorded (P-09). A second look
 * condemns: a trouble of the disk may pass, a tree that is set aside is gone.
 */
export const checkTree = async (fs: FileSystem, dir: string, options: CheckOptions): Promise<TreeCheck> => {
  const first = await lookOver(fs, dir, options);
  return first.ok ? first : await lookOver(fs, dir, options);
};

/** A machine that is out of descriptors or memory says nothing about a tree. */
const exhausted = ['EMFILE', 'ENFILE', 'ENOMEM'];

const lookOver = async (
  fs: FileSystem,
  dir: string,
  { expectedTree, depth }: CheckOptions,
): Promise<TreeCheck> => {
  try {
    const file = readTreeList(strictly(fs), dir);
    if (file === null) return damaged(treeListName, 'the tree list is missing or damaged');
    if (expectedTree !== null && file.digest !== expectedTree) {
      return damaged(treeListName, 'the tree list is not the one that was committed');
    }
    return await findDamage(fs, dir, file, depth === 'full');
  } catch (error) {
    const cause = error instanceof StagedoorError ? error.cause : error;
    const errno = errnoOf(cause);
    if (errno === undefined) throw error;
    if (exhausted.includes(errno)) throw diskFailure(cause, 'check the tree');
    return damaged('.', `it can't be read (${errno})`);
  }
};
