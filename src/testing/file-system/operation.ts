/** One name for the synchronous, callback, promise and descriptor forms of a call. */
export type FileCall =
  | 'access'
  | 'chmod'
  | 'close'
  | 'exists'
  | 'fdatasync'
  | 'fsync'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'mkdtemp'
  | 'open'
  | 'read'
  | 'readdir'
  | 'readFile'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'stat'
  | 'statfs'
  | 'symlink'
  | 'truncate'
  | 'unlink'
  | 'utimes'
  | 'write';

/** One call of the system on its way to the disk. */
export type FileOperation = {
  /** Counted by arrival, from 1. */
  readonly index: number;
  readonly call: FileCall;
  readonly style: 'sync' | 'async';
  /** Absolute; for a descriptor the file that was opened, under its name after later renames. */
  readonly path: string;
  /** The new name of `rename` and `link`, absolute; what a `symlink` leads to, as it was given. */
  readonly to?: string | undefined;
  readonly descriptor?: number | undefined;
  readonly flags?: string | number | undefined;
  readonly mode?: string | number | undefined;
  /** The length that a file is cut or grown to. */
  readonly length?: number | undefined;
  /** What is written; copy it to keep it, the caller may use the buffer again. */
  readonly data?: Buffer | undefined;
  /** Where it is written; null: where the descriptor stands, or at the end. */
  readonly position?: number | null | undefined;
  /** Names, content or rights may be others afterwards; a flush is none of these. */
  readonly mutates: boolean;
};

/**
 * Stands between a call and the disk. What it gives back or throws is what the caller gets; `proceed` performs the
 * operation, for a write with other bytes where they are given. An `async` one proceeds to a promise.
 */
export type Interceptor = (operation: FileOperation, proceed: (data?: Uint8Array) => unknown) => unknown;
