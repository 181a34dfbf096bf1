import type { FileSystem } from './file-system.ts';

/** Bytes that a file of the store may have to be read at all; ours are a small part of that. */
export const sizeLimits: Readonly<Record<'record' | 'document' | 'treeList', number>> = {
  /** One thing: the pointer, a pin, a lease, an attempt. */
  record: 64 * 2 ** 10,
  /** What grows: verdicts, health, a journal, a manifest. */
  document: 4 * 2 ** 20,
  /** 50,000 files with long paths. */
  treeList: 64 * 2 ** 20,
};

export type SmallFile =
  | { readonly kind: 'absent' }
  /** Nothing that was ever written by us, and nothing to open: a FIFO blocks the whole process, a device has no end. */
  | { readonly kind: 'odd'; readonly reason: string }
  | { readonly kind: 'text'; readonly text: string };

/** The text of a regular file, links followed; the system's error where it can't be looked at or read (P-06). */
export const readSmallFile = (
  fs: Pick<FileSystem, 'statSync' | 'readFileSync'>,
  file: string,
  limit: number,
): SmallFile => {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'absent' };
  if (!stats.isFile()) return { kind: 'odd', reason: 'it is not a regular file' };
  if (stats.size > limit) return { kind: 'odd', reason: `it has ${stats.size} bytes, more than ${limit}` };
  return { kind: 'text', text: fs.readFileSync(file, 'utf8') };
};
