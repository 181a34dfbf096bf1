import path from 'node:path';
import { diskFailure, hasErrno } from '../failure.ts';
import { writeDurably } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { parseJson } from '../store/json-shape.ts';
import { readSmallFile, type SmallFile } from '../store/small-file.ts';
import { bounds } from './bounds.ts';
import type { CoreLock, LockedPackage } from './core-lock.ts';
import { coreLockOf } from './lock-form.ts';
import { CoreLockUnreadable } from './lock-unreadable.ts';
import { sortedLock } from './order.ts';

const packageLine = ({ ecosystem, name, version, integrity, place, modules }: LockedPackage): string =>
  JSON.stringify({ ecosystem, name, version, integrity, place, modules });

const aliasLine = (pair: readonly [string, string]): string =>
  pair.map(text => JSON.stringify(text)).join(': ');

const lines = (open: string, items: readonly string[], close: string): string =>
  items.length === 0 ? `${open}${close}` : `${open}\n    ${items.join(',\n    ')}\n  ${close}`;

/** The text of a lock: a line for each package, the same bytes for the same content (K-01). */
export const serializeLock = (lock: CoreLock): string => {
  const { packages, aliases } = sortedLock(lock);
  // The order of keys that look like numbers is not ours: they are written from the sorted list.
  const entries = Object.entries(aliases).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{
  "schema": 1,
  "packages": ${lines('[', packages.map(packageLine), ']')},
  "aliases": ${lines('{', entries.map(aliasLine), '}')}
}
`;
};

/** The lock of a text; `CoreLockUnreadable` for anything that is not one whole lock. `file` names it in the message. */
export const parseLock = (text: string, file: string): CoreLock => {
  const parsed = coreLockOf(parseJson(text));
  if ('reason' in parsed) throw new CoreLockUnreadable(file, parsed.reason);
  return parsed.value;
};

const look = (fs: FileSystem, file: string): SmallFile => {
  try {
    return readSmallFile(fs, file, bounds.lock);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return { kind: 'absent' };
    throw new CoreLockUnreadable(file, diskFailure(error, 'read it').message);
  }
};

/** Reads a lock from its file; `CoreLockUnreadable` where it is missing, too large, or no lock. */
export const readLock = (fs: FileSystem, file: string): CoreLock => {
  const read = look(fs, file);
  if (read.kind === 'absent') throw new CoreLockUnreadable(file, 'there is no such file');
  if (read.kind === 'odd') throw new CoreLockUnreadable(file, read.reason);
  return parseLock(read.text, file);
};

/**
 * The text of a lock that is sure to be read again: what could not be read later is not written (K-03). `file` names it in the
 * message of a `CoreLockUnreadable`.
 */
export const provenText = (lock: CoreLock, file: string): string => {
  const text = serializeLock(lock);
  if (Buffer.byteLength(text) > bounds.lock)
    throw new CoreLockUnreadable(file, `it would have more than ${bounds.lock} bytes`);
  parseLock(text, file);
  return text;
};

/** Writes a lock whole or not at all, and reads it back: what is there afterwards is what was meant, or the build fails (K-03). */
export const writeLock = async (
  fs: FileSystem,
  file: string,
  lock: CoreLock,
  signal?: AbortSignal,
): Promise<void> => {
  const text = provenText(lock, path.basename(file));
  await writeDurably(fs, file, text, signal);
  if (serializeLock(readLock(fs, file)) !== text)
    throw new CoreLockUnreadable(file, 'it is not what was written');
};
