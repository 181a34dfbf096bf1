import path from 'node:path';
import { hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { NativeSource } from './session.ts';
import { executableMode, plainMode, type TreeWriter, treeWriter } from './tree-writer.ts';

const chunkBytes = 1024 * 1024;
const packageName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;

type Copy = {
  readonly fs: FileSystem;
  readonly writer: TreeWriter;
  readonly buffer: Uint8Array;
  readonly files: TreeEntry[];
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
};

const missing = (what: string, dir: string, cause?: unknown): StagedoorError =>
  new StagedoorError('NATIVE_SOURCE_MISSING', `the native dependency ${what} is not at ${dir}`, { cause });

/** The real path, links followed; what leads nowhere is named (U-07). */
const resolved = (fs: FileSystem, name: string, source: string): string => {
  try {
    return fs.realpathSync(source);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw missing(name, source, error);
    throw error;
  }
};

const copyFile = (copy: Copy, source: string, target: string): void => {
  const { fs, writer, buffer } = copy;
  const descriptor = fs.openSync(source, 'r');
  try {
    const { size, mode } = fs.fstatSync(descriptor);
    writer.begin(target, size, (mode & 0o111) === 0 ? plainMode : executableMode);
    for (;;) {
      const read = fs.readSync(descriptor, buffer, 0, buffer.byteLength, null);
      if (read === 0) break;
      writer.write(buffer.subarray(0, read));
    }
    copy.files.push(writer.end());
    copy.onBytes(size);
  } finally {
    fs.closeSync(descriptor);
  }
};

/**
 * Copies what a folder holds. Links are followed, so that nothing points back into a bundle that may move (P-15, P-16);
 * `ancestors` are real paths, so that a link to a folder above ends in an error instead of a tree without end.
 */
const copyFolder = (copy: Copy, name: string, source: string, target: string, ancestors: string[]): void => {
  const { fs, signal } = copy;
  const real = resolved(fs, name, source);
  if (ancestors.includes(real)) throw missing(`${name} (a link that leads to itself)`, source);
  copy.writer.folder(target);
  for (const child of fs.readdirSync(real).sort()) {
    signal.throwIfAborted();
    const [from, to] = [path.join(source, child), path.posix.join(target, child)];
    const end = resolved(fs, name, from);
    const stats = fs.lstatSync(end);
    if (stats.isDirectory()) copyFolder(copy, name, from, to, [...ancestors, real]);
    else if (stats.isFile()) copyFile(copy, end, to);
    else throw missing(`${name} (no regular file)`, from);
  }
};

const assertPackage = (fs: FileSystem, { name, dir }: NativeSource): void => {
  if (!packageName.test(name)) throw new TypeError(`native: ${JSON.stringify(name)} is no npm package name`);
  const manifest = path.join(dir, 'package.json');
  if (!fs.statSync(dir, { throwIfNoEntry: false })?.isDirectory()) throw missing(name, dir);
  if (!fs.statSync(manifest, { throwIfNoEntry: false })?.isFile())
    throw missing(`${name} (package.json)`, dir);
};

/** Where the bundle has none, a tree may: that is not for the copy to say. */
const isMissing = (fs: FileSystem, { dir, optional }: NativeSource): boolean =>
  optional === true && fs.statSync(dir, { throwIfNoEntry: false }) === undefined;

/** Copies the native dependencies into `node_modules` of a tree; nothing is copied if one of them is missing. */
export const copyNatives = (
  fs: FileSystem,
  tree: string,
  natives: readonly NativeSource[],
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): TreeEntry[] => {
  const present = natives.filter(native => !isMissing(fs, native));
  for (const native of present) assertPackage(fs, native);
  const writer = treeWriter(fs, tree);
  const files: TreeEntry[] = [];
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    onProgress(bytes);
  };
  const copy: Copy = { fs, writer, buffer: new Uint8Array(chunkBytes), files, signal, onBytes };
  try {
    for (const { name, dir } of present) copyFolder(copy, name, dir, `node_modules/${name}`, []);
  } finally {
    writer.close();
  }
  return files;
};
