import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import { flushIfThere, writeDurably } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { readSmallFile, sizeLimits } from './small-file.ts';

/** What a revision makes of the text that is there (null: no file); `text: null` leaves the file as it is. */
export type Revision<T> = { readonly text: string | null; readonly result: T };

const tries = 50;

/**
 * The raw text of a file of the store; null where there is none. What was never written by us counts as an empty text, so
 * that the next write puts a file in its place (S-06). Any other trouble is a disk failure.
 */
export const readText = (fs: FileSystem, file: string): string | null => {
  try {
    const read = readSmallFile(fs, file, sizeLimits.document);
    if (read.kind === 'absent') return null;
    return read.kind === 'text' ? read.text : '';
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null;
    throw diskFailure(error, `read ${path.basename(file)}`);
  }
};

/**
 * Read, change, write as one step against other processes: the lock spares the contest, and the text is compared again
 * right before the rename, because the lock may be gone. A lost contest starts again from what is there now.
 */
export const reviseDocument = <T>(
  fs: FileSystem,
  layout: Layout,
  file: string,
  revise: (text: string | null) => Revision<T>,
  signal?: AbortSignal,
): Promise<T> =>
  withLock(layout, path.basename(file), async () => {
    for (let left = tries; left > 0; left -= 1) {
      const before = readText(fs, file);
      const { text, result } = revise(before);
      if (text === null) {
        await flushIfThere(fs, path.dirname(file));
        return result;
      }
      if (await writeDurably(fs, file, text, signal, () => readText(fs, file) === before)) return result;
    }
    throw new StagedoorError('STORE_BUSY', `${path.basename(file)} kept changing while it was being written`);
  });
