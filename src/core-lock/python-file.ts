import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

/** How a file of a distribution is called in messages: its folder and its name. */
const shownName = (file: string): string => path.join(path.basename(path.dirname(file)), path.basename(file));

const bytesOf = (fs: FileSystem, file: string, limit: number): Buffer | null => {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  // A FIFO blocks the whole process, a device has no end.
  const odd = !stats.isFile() ? 'it is no regular file' : stats.size > limit ? 'it is too large' : null;
  if (odd === null) return fs.readFileSync(file);
  throw new StagedoorError('PACKAGE_INVALID', `${shownName(file)} can't be read: ${odd}`);
};

/** Null where there is no such file; whatever else keeps it from being read is an error (K-02). Links are followed. */
export const readDistributionFile = (fs: FileSystem, file: string, limit: number): Buffer | null => {
  try {
    return bytesOf(fs, file, limit);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw diskFailure(error, `read ${shownName(file)}`);
  }
};

/** Null: it is no UTF-8. A byte order mark is left out. */
export const strictText = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
};

/** What is no UTF-8 becomes U+FFFD: a description in Latin-1 does not hide a name. A byte order mark is left out. */
export const lenientText = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(bytes);
