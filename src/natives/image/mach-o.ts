import type { Image } from './image.ts';
import { noteSymbols, type SymbolNotes } from './symbols.ts';
import { BrokenImage, type Window } from './window.ts';

const machines: Readonly<Record<number, string>> = {
  7: 'ia32',
  12: 'arm',
  16777223: 'x64',
  16777228: 'arm64',
};
const machineOf = (type: number): string => machines[type] ?? `machine-${type}`;

type Slice = { readonly start: number; readonly size: number };

/** One for each architecture; a file for one alone is its own slice. */
const slicesOf = (file: Window): readonly Slice[] => {
  const head = file.at(0, 8);
  const magic = head.readUInt32BE(0);
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) return [{ start: 0, size: file.size }];
  const [wide, count] = [magic === 0xcafebabf, head.readUInt32BE(4)];
  // A class of Java begins alike; its next number is a version, which is higher.
  if (count === 0 || count > 16) throw new BrokenImage();
  return Array.from({ length: count }, (_, index) => {
    const entry = file.at(8 + index * (wide ? 32 : 20), wide ? 32 : 20);
    return wide
      ? { start: Number(entry.readBigUInt64BE(8)), size: Number(entry.readBigUInt64BE(16)) }
      : { start: entry.readUInt32BE(8), size: entry.readUInt32BE(12) };
  });
};

/** Names in a table of symbols begin with an underscore that the language does not have. */
const noteNames = (file: Window, start: number, command: Buffer, symbols: SymbolNotes): void => {
  const [offset, size] = [command.readUInt32LE(16), command.readUInt32LE(20)];
  for (const name of file
    .at(start + offset, size)
    .toString('latin1')
    .split('\0'))
    symbols.note(name.slice(1));
};

const segmentEnd = (command: Buffer, wide: boolean): number =>
  wide
    ? Number(command.readBigUInt64LE(40)) + Number(command.readBigUInt64LE(48))
    : command.readUInt32LE(32) + command.readUInt32LE(36);

type Looked = { readonly arch: string; readonly whole: boolean };

const readSlice = (file: Window, { start, size }: Slice, symbols: SymbolNotes): Looked => {
  const header = file.at(start, 32);
  const magic = header.readUInt32LE(0);
  if (magic !== 0xfeedfacf && magic !== 0xfeedface) throw new BrokenImage();
  const wide = magic === 0xfeedfacf;
  const commands = file.at(start + (wide ? 32 : 28), header.readUInt32LE(20));
  let whole = start + size <= file.size;
  let at = 0;
  for (let left = header.readUInt32LE(16); left > 0; left -= 1) {
    if (at + 8 > commands.length) throw new BrokenImage();
    const [kind, length] = [commands.readUInt32LE(at), commands.readUInt32LE(at + 4)];
    const command = commands.subarray(at, at + length);
    const least = kind === 0x19 ? 56 : kind === 1 ? 40 : kind === 2 ? 24 : 8;
    if (command.length < least) throw new BrokenImage();
    if (kind === 2) noteNames(file, start, command, symbols);
    if (kind === 0x19 || kind === 1) whole &&= segmentEnd(command, kind === 0x19) <= size;
    at += length;
  }
  return { arch: machineOf(header.readUInt32LE(4)), whole };
};

/** macOS, for one architecture or for several in one file. */
export const readMachO = (file: Window): Image => {
  const symbols = noteSymbols();
  const slices = slicesOf(file).map(slice => readSlice(file, slice, symbols));
  return {
    format: 'mach-o',
    archs: slices.map(({ arch }) => arch),
    libc: null,
    libraries: [],
    whole: slices.every(({ whole }) => whole),
    ...symbols.notes(),
  };
};
