import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { diskFailure, hasErrno, type StagedoorError } from '../failure.ts';
import { ownToken } from '../process/identity.ts';
import type { FileSystem } from './file-system.ts';
import { ownedName } from './layout.ts';

type RetryOptions = { readonly signal?: AbortSignal | undefined; readonly limitMs?: number | undefined };

const longestPauseMs = 500;

/**
 * Repeats work that fails with EPERM, EBUSY or EACCES, as virus scanners and indexers cause it on Windows for up to a
 * minute, also where the target exists (P-11). Anything else, or the limit, rejects with the last error.
 */
export const withBusyRetry = async <T>(
  work: () => Promise<T> | T,
  options: RetryOptions = {},
): Promise<T> => {
  const { signal, limitMs = 60_000 } = options;
  const end = performance.now() + limitMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, longestPauseMs)) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!hasErrno(error, 'EPERM', 'EBUSY', 'EACCES') || performance.now() + pause > end) throw error;
    }
    await delay(pause * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  }
};

/** Makes renames and new names in a folder durable. Windows can't flush folders; some mounts refuse it. */
export const flushFolder = async (fs: FileSystem, dir: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await fs.promises.open(dir, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!hasErrno(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
};

/**
 * For an answer that rests on what is seen: whoever did it may have been killed before the flush, and a cut of the power
 * could take it back after the answer was given.
 */
export const flushIfThere = async (fs: FileSystem, dir: string): Promise<void> => {
  try {
    await flushFolder(fs, dir);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw diskFailure(error, `flush the folder ${path.basename(dir)}`);
  }
};

/** Creates a folder with its parents and makes each new name durable: the flush of a folder says nothing of its own name. */
export const ensureFolder = async (fs: FileSystem, dir: string): Promise<void> => {
  const created = await fs.promises.mkdir(dir, { recursive: true });
  if (created === undefined || process.platform === 'win32') return;
  const top = path.dirname(created);
  for (let above = path.dirname(dir); above.length > top.length; above = path.dirname(above)) {
    await flushFolder(fs, above);
  }
  await flushFolder(fs, top);
};

/** `.<name>.<owner>-<random>.tmp`, beside the file itself: a sweep can tell whose it is. */
export const temporaryName = (file: string): string =>
  path.join(path.dirname(file), `.${path.basename(file)}.${ownedName(ownToken())}.tmp`);

const writeFlushed = async (fs: FileSystem, file: string, text: string): Promise<void> => {
  const handle = await fs.promises.open(file, 'wx');
  try {
    await handle.writeFile(text);
    // A failed flush is never repeated: the kernel may have dropped the data, and the next one would succeed.
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a file whole or not at all (S-02): temporary file in the same folder, flush, rename, flush of the folder.
 * `stillWanted` is asked right before each try of the rename; if it says no, nothing is changed and the answer is false.
 */
export const writeDurably = async (
  fs: FileSystem,
  file: string,
  text: string,
  signal?: AbortSignal,
  stillWanted: () => boolean = () => true,
): Promise<boolean> => {
  const temporary = temporaryName(file);
  try {
    await ensureFolder(fs, path.dirname(file));
    await writeFlushed(fs, temporary, text);
    const replaced = await withBusyRetry(() => replaceFile(fs, temporary, file, stillWanted), { signal });
    if (replaced) await flushFolder(fs, path.dirname(file));
    else await fs.promises.rm(temporary, { force: true });
    return replaced;
  } catch (error) {
    // What can't be removed now is swept at the next start, by its owner's token.
    await fs.promises.rm(temporary, { force: true }).catch(() => undefined);
    if (signal?.aborted === true) throw error;
    throw diskFailure(error, `write ${path.basename(file)}`);
  }
};

/** Synchronous, so that nothing of this process can come between the question and the rename. */
const replaceFile = (fs: FileSystem, from: string, to: string, stillWanted: () => boolean): boolean => {
  if (!stillWanted()) return false;
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    throw permanentFailure(fs, to, error) ?? error;
  }
};

/** Removes a file if it is there; false if it was not. Either way it lasts. */
export const removeDurably = async (
  fs: FileSystem,
  file: string,
  stillWanted: () => boolean = () => true,
  limitMs?: number,
): Promise<boolean> => {
  try {
    const removed = await withBusyRetry(() => unlinkFile(fs, file, stillWanted), { limitMs });
    await flushIfThere(fs, path.dirname(file));
    return removed;
  } catch (error) {
    throw diskFailure(error, `remove ${path.basename(file)}`);
  }
};

const unlinkFile = (fs: FileSystem, file: string, stillWanted: () => boolean): boolean => {
  if (!stillWanted()) return false;
  try {
    fs.unlinkSync(file);
    return true;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return false;
    throw permanentFailure(fs, file, error) ?? error;
  }
};

/** Missing rights, or a folder in the file's place, look like a scanner's handle: no launch may wait a minute for those. */
const permanentFailure = (fs: FileSystem, file: string, error: unknown): StagedoorError | null => {
  try {
    fs.accessSync(path.dirname(file), fs.constants.W_OK);
    const isFolder = fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
    return isFolder ? diskFailure(error, `replace the folder ${path.basename(file)}`) : null;
  } catch {
    return diskFailure(error, `change ${path.basename(file)}`);
  }
};
