/** A core lock, looked at only as far as a start needs: what no plugin has asked for is not parsed. */
import { readFileSync, statSync } from 'node:fs';

/** Bytes, as whoever writes a lock keeps to. */
const largestLock = 134_217_728;

/** How locks are written. */
export const openingOfLock = '{\n  "schema": 1,\n  "packages": [';

export const isWritten = (text: string): boolean => text.startsWith(openingOfLock) && text.endsWith('\n}\n');

/** Throws where the file can be no lock. */
export const readLockText = (file: string): string => {
  const stats = statSync(file);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > largestLock) throw new Error(`it has more than ${largestLock} bytes`);
  return readFileSync(file, 'utf8');
};

/** A key: within a text of the lock its quotes would be escaped. */
const key = '"place":"';

/** Where some package of the runtime is, which tells where all of them are; null where only a whole reading tells. */
export const placeInLock = (text: string): string | null => {
  const at = isWritten(text) ? text.indexOf(`${key}node_modules/`) : -1;
  if (at < 0) return null;
  const start = at + key.length;
  const place = text.slice(start, text.indexOf('"', start));
  return /^[\w@./-]+$/.test(place) && !place.includes('..') ? place : null;
};
