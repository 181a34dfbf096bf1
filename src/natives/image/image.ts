import { errnoOf } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { Libc } from '../abi.ts';
import { readElf } from './elf.ts';
import { readMachO } from './mach-o.ts';
import { readPe } from './pe.ts';
import type { Symbols } from './symbols.ts';
import { BrokenImage, openWindow, type Window } from './window.ts';

/** What a compiled file itself says of whom it is for. */
export type Image = Symbols & {
  readonly format: 'elf' | 'mach-o' | 'pe';
  /** As `process.arch` names them; several in a universal file. */
  readonly archs: readonly string[];
  /** Of the C library that it asks for; null where it asks for none, and everywhere but on Linux. */
  readonly libc: Libc | null;
  /** Names of the libraries that it asks for. */
  readonly libraries: readonly string[];
  /** False where the file is shorter than what would be mapped of it: using it would end the process by SIGBUS (P-10). */
  readonly whole: boolean;
};

export type ImageLook =
  | { readonly kind: 'image'; readonly image: Image }
  /** Of no known format, or not what its header says. */
  | { readonly kind: 'broken' }
  /** It could not be looked at: missing, no rights, no regular file. */
  | { readonly kind: 'unread' };

const readAny = (file: Window): Image => {
  const magic = file.at(0, 4);
  if (magic.toString('latin1') === '\x7fELF') return readElf(file);
  if (magic.toString('latin1', 0, 2) === 'MZ') return readPe(file);
  return readMachO(file);
};

const lookThrough = (fs: FileSystem, descriptor: number): ImageLook => {
  if (!fs.fstatSync(descriptor).isFile()) return { kind: 'unread' };
  try {
    return { kind: 'image', image: readAny(openWindow(fs, descriptor)) };
  } catch (error) {
    // A number that points outside of what was read is one more way to be broken.
    if (error instanceof BrokenImage || error instanceof RangeError) return { kind: 'broken' };
    throw error;
  }
};

/** Looks at the header and the names of a compiled file, which is not loaded. Bounded, whatever it says of itself. */
export const readImage = (fs: FileSystem, path: string): ImageLook => {
  try {
    // Without waiting: a FIFO in its place would block the whole process.
    const descriptor = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    try {
      return lookThrough(fs, descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return { kind: 'unread' };
  }
};
