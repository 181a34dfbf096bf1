import type { Image } from './image.ts';
import { noteSymbols, type SymbolNotes } from './symbols.ts';
import { BrokenImage, type Window } from './window.ts';

const machines: Readonly<Record<number, string>> = {
  332: 'ia32',
  452: 'arm',
  34404: 'x64',
  43620: 'arm64',
};

type Section = { readonly at: number; readonly size: number; readonly offset: number; readonly raw: number };
type Directory = { readonly at: number; readonly size: number };
type Parts = {
  readonly file: Window;
  readonly wide: boolean;
  readonly machine: number;
  readonly sections: readonly Section[];
  readonly directories: readonly Directory[];
};

const mostNames = 4096;
const mostLibraries = 256;

const partsOf = (file: Window): Parts => {
  const start = file.at(0, 64).readUInt32LE(60);
  const header = file.at(start, 24);
  if (header.toString('latin1', 0, 4) !== 'PE\0\0') throw new BrokenImage();
  const optional = file.at(start + 24, header.readUInt16LE(20));
  if (optional.length < 96) throw new BrokenImage();
  const wide = optional.readUInt16LE(0) === 0x20b;
  const first = wide ? 112 : 96;
  const directories: Directory[] = [];
  for (let at = first; at + 8 <= optional.length && directories.length < 16; at += 8)
    directories.push({ at: optional.readUInt32LE(at), size: optional.readUInt32LE(at + 4) });
  const sections = Array.from({ length: Math.min(header.readUInt16LE(6), 96) }, (_, index) => {
    const bytes = file.at(start + 24 + optional.length + index * 40, 40);
    const [size, at, raw, offset] = [8, 12, 16, 20].map(place => bytes.readUInt32LE(place));
    return { at: at ?? 0, size: size ?? 0, raw: raw ?? 0, offset: offset ?? 0 };
  });
  return { file, wide, machine: header.readUInt16LE(4), sections, directories };
};

/** Where in the file lies what will lie at an address. */
const placeOf = ({ sections }: Parts, address: number): number => {
  const home = sections.find(({ at, size, raw }) => address >= at && address < at + Math.max(size, raw));
  if (home === undefined) throw new BrokenImage();
  return address - home.at + home.offset;
};

const directory = ({ directories }: Parts, index: number): number | null => {
  const found = directories[index];
  return found === undefined || found.size === 0 || found.at === 0 ? null : found.at;
};

const noteExports = (parts: Parts, symbols: SymbolNotes): void => {
  const address = directory(parts, 0);
  if (address === null) return;
  const { file } = parts;
  const table = file.at(placeOf(parts, address), 40);
  const count = Math.min(table.readUInt32LE(24), mostNames);
  const names = count === 0 ? null : file.at(placeOf(parts, table.readUInt32LE(32)), count * 4);
  for (let index = 0; names !== null && index < count; index += 1)
    symbols.note(file.textAt(placeOf(parts, names.readUInt32LE(index * 4))));
};

/** The names taken from one library; an entry whose highest bit is set has a number instead of a name. */
const noteTaken = (parts: Parts, address: number, symbols: SymbolNotes): void => {
  const { file, wide } = parts;
  const step = wide ? 8 : 4;
  const start = placeOf(parts, address);
  for (let index = 0; index < mostNames; index += 1) {
    const entry = file.at(start + index * step, step);
    const low = entry.readUInt32LE(0);
    const numbered = entry.readUInt32LE(step - 4) >= 0x80000000;
    if (low === 0 && !numbered) return;
    if (!numbered) symbols.note(file.textAt(placeOf(parts, low) + 2));
  }
};

type Imports = {
  readonly index: number;
  readonly step: number;
  readonly name: number;
  readonly table: number;
};
/** Those of the start, and those that are looked up when they are first called, as all of Node's own are. */
const kinds: readonly Imports[] = [
  { index: 1, step: 20, name: 12, table: 0 },
  { index: 13, step: 32, name: 4, table: 16 },
];

const noteImports = (parts: Parts, symbols: SymbolNotes): readonly string[] => {
  const libraries: string[] = [];
  for (const { index, step, name, table } of kinds) {
    const address = directory(parts, index);
    if (address === null) continue;
    const start = placeOf(parts, address);
    for (let at = start; libraries.length < mostLibraries; at += step) {
      const entry = parts.file.at(at, step);
      if (entry.readUInt32LE(name) === 0) break;
      libraries.push(parts.file.textAt(placeOf(parts, entry.readUInt32LE(name))));
      if (entry.readUInt32LE(table) !== 0) noteTaken(parts, entry.readUInt32LE(table), symbols);
    }
  }
  return libraries;
};

/** Windows. */
export const readPe = (file: Window): Image => {
  const parts = partsOf(file);
  const symbols = noteSymbols();
  noteExports(parts, symbols);
  const libraries = noteImports(parts, symbols);
  return {
    format: 'pe',
    archs: [machines[parts.machine] ?? `machine-${parts.machine}`],
    libc: null,
    libraries,
    whole: parts.sections.every(({ offset, raw }) => offset + raw <= file.size),
    ...symbols.notes(),
  };
};
