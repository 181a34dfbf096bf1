import path from 'node:path';
import { errnoOf, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from './file-system.ts';

const reserveBytes = 200e6;
const factor = 2.5;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** Bytes that we may still write where a folder is or would be; null where the system does not say. */
export const freeBytes = async (fs: FileSystem, dir: string): Promise<number | null> => {
  try {
    const { bavail, bsize } = await fs.promises.statfs(dir);
    return bavail * bsize;
  } catch (error) {
    if (hasErrno(error, 'ENOENT') && path.dirname(dir) !== dir) return freeBytes(fs, path.dirname(dir));
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

/** Rejects with DISK_FULL unless there is room for 2.5 times the unpacked size and 200 MB. */
export const assertFreeSpace = async (fs: FileSystem, dir: string, unpackedSize?: number): Promise<void> => {
  const needed = (unpackedSize ?? 0) * factor + reserveBytes;
  const free = await freeBytes(fs, dir);
  if (free !== null && free < needed) {
    throw new StagedoorError(
      'DISK_FULL',
      `the store needs ${megabytes(needed)} to stage this update and has ${megabytes(free)}`,
    );
  }
};
