/** A core lock, looked at only as far as a start needs: what no plugin has asked for is neither read nor parsed. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** Bytes, as whoever writes a lock keeps to. */
const largestLock = 134_217_728;

/** How locks are written. */
export const openingOfLock = '{\n  "schema": 1,\n  "packages": [';
const ending = '\n}\n';

export const isWritten = (text: string): boolean => text.startsWith(openingOfLock) && text.endsWith(ending);

/** What is done to `fs` after the start does not concern the lock. */
const read = readFileSync;
const stat = statSync;

/** Bytes. Throws where the file can be no lock. */
const sizeOf = (file: string): number => {
  const stats = stat(file);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > largestLock) throw new Error(`it has more than ${largestLock} bytes`);
  return stats.size;
};

/** Throws where the file can be no lock. */
export const readLockText = (file: string): string => {
  sizeOf(file);
  return read(file, 'utf8');
};

/** Bytes: the first packages are there, which tells where all are. */
const headLength = 4000;

/** What a lock begins with, and what it ends with. */
const endsOf = (file: string): { readonly head: string; readonly tail: string } => {
  const size = sizeOf(file);
  const lock = openSync(file, 'r');
  try {
    const bytes = Buffer.allocUnsafe(headLength);
    const part = (length: number, at: number): string =>
      bytes.toString('latin1', 0, readSync(lock, bytes, 0, length, at));
    return { head: part(headLength, 0), tail: part(ending.length, Math.max(0, size - ending.length)) };
  } finally {
    closeSync(lock);
  }
};

/** A key: within a text of the lock its quotes would be escaped. */
const key = '"place":"';

/** Where some package of the runtime is, which tells where all of them are; null where only a whole reading tells. Throws where the file can be no lock. */
export const placeInLock = (file: string): string | null => {
  const { head, tail } = endsOf(file);
  const at = head.startsWith(openingOfLock) && tail === ending ? head.indexOf(`${key}node_modules/`) : -1;
  const start = at + key.length;
  const end = at < 0 ? -1 : head.indexOf('"', start);
  if (end < 0) return null;
  const place = head.slice(start, end);
  return /^[\w@./-]+$/.test(place) && !place.includes('..') ? place : null;
};
