import { bytesOf, empty, numberOf } from './contents.ts';
import type { Disk, FileState, Inode } from './disk.ts';
import { folderOf, nameOf, type Operation, type Place, spell } from './operation.ts';

/** The file system would refuse an operation: such an order of them can't happen. */
export class Refused extends Error {}

type Of<Kind extends Operation['kind']> = Extract<Operation, { readonly kind: Kind }>;

const refuse = (operation: Operation, why: string): never => {
  throw new Refused(`${spell(operation)}: ${why}`);
};

const inodeAt = (disk: Disk, operation: Operation, place: Place): Inode =>
  disk.find(place) ?? refuse(operation, 'nothing is there');

const folderAbove = (disk: Disk, operation: Operation, place: Place): Inode => {
  const inode = inodeAt(disk, operation, folderOf(place));
  return disk.now.has(inode) ? inode : refuse(operation, 'it is not in a folder');
};

const change = (
  disk: Disk,
  operation: Of<'write' | 'truncate' | 'chmod'>,
  revise: (state: FileState) => FileState,
): void => {
  const inode = inodeAt(disk, operation, operation.path);
  disk.change(inode, revise(disk.filesNow.get(inode) ?? refuse(operation, 'it is no file')));
};

const written = ({ data, position, mtimeMs }: Of<'write'>, state: FileState): FileState => {
  const before = bytesOf(state.content);
  const at = position ?? before.length;
  const after = Buffer.alloc(Math.max(before.length, at + data.length));
  before.copy(after);
  data.copy(after, at);
  return { ...state, content: numberOf(after), mtimeMs };
};

const truncated = ({ length, mtimeMs }: Of<'truncate'>, state: FileState): FileState => {
  const after = Buffer.alloc(length);
  bytesOf(state.content).copy(after);
  return { ...state, content: numberOf(after), mtimeMs };
};

const make = (disk: Disk, operation: Of<'create' | 'mkdir'>): void => {
  const { kind, path, mode, mtimeMs } = operation;
  const folder = folderAbove(disk, operation, path);
  if (disk.find(path) !== undefined) refuse(operation, 'it is there');
  const inode = kind === 'mkdir' ? disk.newFolder() : disk.newFile({ content: empty, mode, mtimeMs });
  disk.act(folder, [{ folder, name: nameOf(path), inode }]);
};

const rename = (disk: Disk, operation: Of<'rename'>): void => {
  const { path, to } = operation;
  const inode = inodeAt(disk, operation, path);
  const [from, into] = [folderAbove(disk, operation, path), folderAbove(disk, operation, to)];
  const replaced = disk.find(to);
  const there = replaced === undefined ? undefined : disk.now.get(replaced);
  const fits = replaced === undefined || disk.now.has(inode) === (there !== undefined);
  if (!fits || (there?.size ?? 0) > 0) refuse(operation, 'the place is taken');
  // It lasts with a flush of the folder that it leads to.
  disk.act(into, [
    { folder: from, name: nameOf(path), inode: null },
    { folder: into, name: nameOf(to), inode },
  ]);
};

const remove = (disk: Disk, operation: Of<'unlink' | 'rmdir'>): void => {
  const { kind, path } = operation;
  const inside = disk.now.get(inodeAt(disk, operation, path));
  if ((inside !== undefined) !== (kind === 'rmdir')) refuse(operation, 'it is of another kind');
  if ((inside?.size ?? 0) > 0) refuse(operation, 'it is not empty');
  const folder = folderAbove(disk, operation, path);
  disk.act(folder, [{ folder, name: nameOf(path), inode: null }]);
};

/** Performs an operation as a file system does; throws `Refused` where none would. */
export const apply = (disk: Disk, operation: Operation): void => {
  switch (operation.kind) {
    case 'report':
      break;
    case 'create':
    case 'mkdir':
      make(disk, operation);
      break;
    case 'write':
      change(disk, operation, state => written(operation, state));
      break;
    case 'truncate':
      change(disk, operation, state => truncated(operation, state));
      break;
    case 'chmod':
      change(disk, operation, state => ({ ...state, mode: operation.mode }));
      break;
    case 'rename':
      rename(disk, operation);
      break;
    case 'unlink':
    case 'rmdir':
      remove(disk, operation);
      break;
    case 'flush':
      disk.flush(inodeAt(disk, operation, operation.path));
      break;
  }
};
