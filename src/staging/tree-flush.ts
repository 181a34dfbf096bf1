import { hasErrno } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

const flushed = (fs: FileSystem, descriptor: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fs.fsync(descriptor, error => (error === null ? resolve() : reject(error)));
  });

/** Opened and closed here, flushed on the thread pool: only the flush takes time. */
const flushFile = async (fs: FileSystem, file: string): Promise<void> => {
  // Windows flushes through a writable handle only.
  const descriptor = fs.openSync(file, 'r+');
  try {
    await flushed(fs, descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
};

const flushOneFolder = async (fs: FileSystem, folder: string): Promise<void> => {
  const descriptor = fs.openSync(folder, 'r');
  try {
    await flushed(fs, descriptor);
  } catch (error) {
    if (!hasErrno(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
};

/** Runs `work` over all items, `width` at a time; after a fault nothing new begins and what runs is waited for. */
const inParallel = async (
  items: readonly string[],
  width: number,
  work: (item: string) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
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
  readonly onProgress: (files: number) => void;
};

/** Makes the content of files durable. A failed flush is never repeated: the tree is dropped (P-02). */
export const flushFiles = async (
  fs: FileSystem,
  files: readonly string[],
  { width, signal, onProgress }: FlushOptions,
): Promise<void> => {
  let done = 0;
  await inParallel(files, width, async file => {
    signal.throwIfAborted();
    await flushFile(fs, file);
    done += 1;
    onProgress(done);
  });
};

/** Makes the names in folders durable, in the given order; Windows can't. */
export const flushFolders = async (
  fs: FileSystem,
  folders: readonly string[],
  { width, signal }: FlushOptions,
): Promise<void> => {
  if (process.platform === 'win32') return;
  await inParallel(folders, width, async folder => {
    signal.throwIfAborted();
    await flushOneFolder(fs, folder);
  });
};
