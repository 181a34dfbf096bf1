import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasErrno } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

/** How to open what is flushed, and which refusals of a flush mean that there is nothing to flush. */
type Kind = { readonly flags: 'r' | 'r+'; readonly harmless: readonly string[] };

// Windows flushes through a writable handle only.
const file: Kind = { flags: 'r+', harmless: [] };
const folder: Kind = { flags: 'r', harmless: ['EINVAL', 'ENOTSUP'] };

const flushed = (fs: FileSystem, descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fs.fsync(descriptor, error => (error === null ? resolve() : reject(error)));
  });

/** Opened and closed here; the flush itself runs on the thread pool, or here too. */
const flushOne = async (fs: FileSystem, item: string, kind: Kind, here: boolean): Promise<void> => {
  const descriptor = fs.openSync(item, kind.flags);
  try {
    if (here) fs.fsyncSync(descriptor);
    else await flushed(fs, descriptor);
  } catch (error) {
    if (!hasErrno(error, ...kind.harmless)) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
};

/** Milliseconds: what the way to the thread pool and back costs. */
const cheapFlush = 0.07;
/** Flushes whose time may be lost before it is clear that they are not cheap. */
const patience = 20;
const flushesPerTurn = 250;

/** Flushes here, one after the other, as long as that is faster than sixteen at a time: on memory, or a safe cache. */
const whileCheap = async (
  queue: Iterable<string>,
  signal: AbortSignal,
  work: (item: string) => Promise<void>,
): Promise<void> => {
  let done = 0;
  let spent = 0;
  for (const item of queue) {
    signal.throwIfAborted();
    const begun = performance.now();
    await work(item);
    spent += performance.now() - begun;
    done += 1;
    if (spent > cheapFlush * (done + patience)) return;
    if (done % flushesPerTurn === 0) await nextTurn();
  }
};

/** Works on all that is left, `width` at a time; after a fault nothing new begins and what runs is waited for. */
const inParallel = async (
  queue: Iterable<string>,
  { width, signal }: FlushOptions,
  work: (item: string) => Promise<void>,
): Promise<void> => {
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      signal.throwIfAborted();
      await work(item);
    }
  };
  const lanes = Array.from({ length: width }, () =>
    lane().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  for (const outcome of await Promise.allSettled(lanes)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
};

export type FlushOptions = {
  readonly width: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
};

const flushAll = async (
  fs: FileSystem,
  items: readonly string[],
  kind: Kind,
  options: FlushOptions,
): Promise<void> => {
  let done = 0;
  const flush = async (item: string, here: boolean): Promise<void> => {
    await flushOne(fs, item, kind, here);
    done += 1;
    options.onProgress(done);
  };
  // One iterator for all: whoever is free takes the next item, and an array's goes on where a loop left it.
  const queue = items.values();
  await whileCheap(queue, options.signal, item => flush(item, true));
  await inParallel(queue, options, item => flush(item, false));
};

/** Makes the content of files durable. A failed flush is never repeated: the tree is dropped (P-02). */
export const flushFiles = (fs: FileSystem, files: readonly string[], options: FlushOptions): Promise<void> =>
  flushAll(fs, files, file, options);

/** Makes the names in folders durable, in the given order; Windows can't. */
export const flushFolders = async (
  fs: FileSystem,
  folders: readonly string[],
  options: FlushOptions,
): Promise<void> => {
  if (process.platform === 'win32') return;
  await flushAll(fs, folders, folder, { ...options, onProgress: () => undefined });
};
