import type { FileSystem } from '../../store/file-system.ts';

/** The sign that a file does not hold what its own header promises: cut off, or made to mislead. */
export class BrokenImage extends Error {}

/** Bounded looks into a file: whatever it says of itself, no more is read than this. */
export type Window = {
  readonly size: number;
  /** Exactly these bytes; throws `BrokenImage` where the file does not have them. */
  at(offset: number, length: number): Buffer;
  /** The text up to the next NUL, at most 512 bytes of it. */
  textAt(offset: number): string;
};

const largestRead = 16 * 2 ** 20;
const longestName = 512;
/** Of one file, in all. */
const mostBytes = 64 * 2 ** 20;
const mostReads = 50_000;

export const textIn = (bytes: Buffer, offset: number): string => {
  const end = bytes.indexOf(0, offset);
  return bytes.toString('latin1', offset, Math.min(end === -1 ? bytes.length : end, offset + longestName));
};

export const openWindow = (fs: FileSystem, descriptor: number): Window => {
  const size = fs.fstatSync(descriptor).size;
  let bytesLeft = mostBytes;
  let readsLeft = mostReads;
  const at = (offset: number, length: number): Buffer => {
    bytesLeft -= length;
    readsLeft -= 1;
    const inside = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= size;
    if (!inside || length > largestRead || bytesLeft < 0 || readsLeft < 0) throw new BrokenImage();
    const buffer = Buffer.alloc(length);
    if (fs.readSync(descriptor, buffer, 0, length, offset) !== length) throw new BrokenImage();
    return buffer;
  };
  return {
    size,
    at,
    textAt: offset => {
      const bytes = at(offset, Math.max(0, Math.min(longestName, size - offset)));
      return textIn(bytes, 0);
    },
  };
};
