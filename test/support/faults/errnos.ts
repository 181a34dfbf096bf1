import type { FileOperation } from '#src/testing/index.js';

const rights = ['EACCES', 'EPERM'];
const space = ['ENOSPC', 'EDQUOT'];
// No ENOENT: a disk that denies what is there is believed.
const looking = ['EIO', 'EACCES'];

const byCall: Partial<Record<FileOperation['call'], readonly string[]>> = {
  write: [...space, 'EIO'],
  fsync: [...space, 'EIO'],
  close: [...space, 'EIO'],
  chmod: ['EROFS', 'EPERM', 'EIO'],
  mkdir: [...space, ...rights, 'EIO', 'EROFS', 'EEXIST'],
  rename: [...space, ...rights, 'EIO', 'EROFS', 'EBUSY', 'ENOENT', 'ENOTEMPTY', 'EEXIST'],
  unlink: [...rights, 'EIO', 'EROFS', 'EBUSY'],
  rmdir: [...rights, 'EIO', 'EROFS', 'EBUSY', 'ENOTEMPTY'],
  read: ['EIO'],
  realpath: [...looking, 'ENOENT'],
};

/** What a disk may answer to an operation, and what a process that is out of descriptors hears. */
export const errnosFor = ({ index, call, mutates, path }: FileOperation): readonly string[] => {
  // Of pacote's cache only the size is looked at.
  if (/[\\/]cache(?:[\\/]|$)/.test(path) && !mutates) return ['EIO'];
  const known = byCall[call] ?? looking;
  if (!['open', 'readdir', 'readFile'].includes(call)) return known;
  const reading = [...known, index % 2 === 0 ? 'EMFILE' : 'ENFILE'];
  return mutates ? [...reading, ...space, 'EPERM', 'EROFS', 'EBUSY', 'ENOENT'] : reading;
};
