import path from 'node:path';
import type { FileSystem } from '#src/store/file-system.js';
import { bytesOf } from './contents.ts';
import { find, type View } from './view.ts';

const refused = (code: string, call: string, place: string): Error =>
  Object.assign(new Error(`${code}: ${call} '${place}'`), { code, syscall: call, path: place });

/**
 * The port over a disk of the model, for our own reading code: only what deciding and checking use, read-only; whatever
 * else is called throws.
 */
export const viewFileSystem = (view: View, base: string): FileSystem => {
  const inodeOf = (place: string): number | undefined => {
    const below = path.relative(base, place);
    if (below.startsWith('..')) throw new RangeError(`${place} is outside of the model`);
    return find(view, below);
  };
  const statsOf = (inode: number) => {
    const file = view.file(inode);
    return {
      isFile: () => file !== undefined,
      isDirectory: () => file === undefined,
      isSymbolicLink: () => false,
      size: file === undefined ? 0 : bytesOf(file.content).length,
      mode: file === undefined ? 0o755 : file.mode,
      mtimeMs: file?.mtimeMs ?? 0,
    };
  };
  const stat = (place: string, options: { readonly throwIfNoEntry?: boolean } = {}): unknown => {
    const inode = inodeOf(place);
    if (inode !== undefined) return statsOf(inode);
    if (options.throwIfNoEntry === false) return undefined;
    throw refused('ENOENT', 'stat', place);
  };
  const readFileSync = (place: string, encoding?: BufferEncoding): unknown => {
    const inode = inodeOf(place);
    if (inode === undefined) throw refused('ENOENT', 'open', place);
    const file = view.file(inode);
    if (file === undefined) throw refused('EISDIR', 'read', place);
    const content = bytesOf(file.content);
    return encoding === undefined ? content : content.toString(encoding);
  };
  const readdirSync = (place: string): string[] => {
    const inode = inodeOf(place);
    const folder = inode === undefined ? undefined : view.folder(inode);
    if (folder === undefined) throw refused(inode === undefined ? 'ENOENT' : 'ENOTDIR', 'scandir', place);
    return [...folder.keys()];
  };
  const known = { lstatSync: stat, statSync: stat, readFileSync, readdirSync };
  return new Proxy(known, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (value === undefined) throw new TypeError(`a disk of the model has no ${String(name)}`);
      return value;
    },
  }) as unknown as FileSystem;
};
