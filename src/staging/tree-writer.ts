import { createHash, type Hash, hash } from 'node:crypto';
import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';

export const plainMode = 0o644;
export const executableMode = 0o755;

export type TreeWriter = {
  folder(relative: string): void;
  /** Opens a new file for exactly `size` bytes. */
  begin(relative: string, size: number, mode: number): void;
  write(chunk: Uint8Array): void;
  /** Closes the open file; throws if it is short. */
  end(): TreeEntry;
  /** Closes what is open, whatever happened. */
  close(): void;
};

type OpenFile = {
  readonly relative: string;
  readonly descriptor: number;
  readonly size: number;
  readonly mode: number;
  /** Undefined until more than one chunk comes: one pass over small files is much cheaper. */
  hash: Hash | undefined;
  sha256: string;
  written: number;
};

const writeAll = (fs: FileSystem, descriptor: number, chunk: Uint8Array): void => {
  for (let at = 0; at < chunk.byteLength; ) at += fs.writeSync(descriptor, chunk, at);
};

const digestOf = (file: OpenFile): string =>
  file.hash?.digest('hex') ?? (file.written === 0 ? hash('sha256', '') : file.sha256);

/** Writes files of a tree synchronously, with the SHA-256 taken from the very bytes that are written. */
export const treeWriter = (fs: FileSystem, root: string): TreeWriter => {
  const folders = new Set<string>();
  let open: OpenFile | null = null;
  const close = (): void => {
    if (open !== null) fs.closeSync(open.descriptor);
    open = null;
  };
  const folder = (relative: string): void => {
    if (relative === '.' || folders.has(relative)) return;
    folder(path.posix.dirname(relative));
    fs.mkdirSync(path.join(root, relative), { recursive: true, mode: executableMode });
    folders.add(relative);
  };
  return {
    folder,
    close,
    begin: (relative, size, mode) => {
      folder(path.posix.dirname(relative));
      const descriptor = fs.openSync(path.join(root, relative), 'wx', mode);
      open = { relative, descriptor, size, mode, hash: undefined, sha256: '', written: 0 };
    },
    write: chunk => {
      if (open === null) throw new Error('no file is open');
      writeAll(fs, open.descriptor, chunk);
      open.written += chunk.byteLength;
      if (chunk.byteLength === open.size) open.sha256 = hash('sha256', chunk);
      else {
        open.hash ??= createHash('sha256');
        open.hash.update(chunk);
      }
    },
    end: () => {
      if (open === null) throw new Error('no file is open');
      const file = open;
      if (file.written !== file.size) throw new Error(`${file.relative} has ${file.written} bytes`);
      const { mtimeMs, mode } = fs.fstatSync(file.descriptor);
      // The umask of a shell may be stricter than a package needs.
      if ((mode & 0o777) !== file.mode && process.platform !== 'win32')
        fs.fchmodSync(file.descriptor, file.mode);
      close();
      return { path: file.relative, size: file.size, mode: file.mode, sha256: digestOf(file), mtimeMs };
    },
  };
};
