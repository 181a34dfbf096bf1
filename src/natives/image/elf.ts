import type { Libc } from '../abi.ts';
import type { Image } from './image.ts';
import { noteSymbols } from './symbols.ts';
import { BrokenImage, textIn, type Window } from './window.ts';

const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** Reads the numbers of one class and byte order. */
type Numbers = {
  readonly wide: boolean;
  half(bytes: Buffer, offset: number): number;
  word(bytes: Buffer, offset: number): number;
  /** As wide as an address. */
  address(bytes: Buffer, offset: number): number;
};

const numbersOf = (ident: Buffer): Numbers => {
  const [wide, little] = [ident[4] === 2, ident[5] === 1];
  const word = (bytes: Buffer, offset: number): number =>
    little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
  const long = (bytes: Buffer, offset: number): number =>
    Number(little ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset));
  return {
    wide,
    half: (bytes, offset) => (little ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset)),
    word,
    address: wide ? long : word,
  };
};

type Segment = { readonly type: number; readonly offset: number; readonly at: number; readonly size: number };
const loaded = 1;
const dynamic = 2;

const segmentsOf = (file: Window, header: Buffer, n: Numbers): readonly Segment[] => {
  const table = n.address(header, n.wide ? 32 : 28);
  const size = n.half(header, n.wide ? 54 : 42);
  const count = n.half(header, n.wide ? 56 : 44);
  if (count > 256 || size < (n.wide ? 56 : 32) || size > 256) throw new BrokenImage();
  return Array.from({ length: count }, (_, index) => {
    const bytes = file.at(table + index * size, size);
    return n.wide
      ? {
          type: n.word(bytes, 0),
          offset: n.address(bytes, 8),
          at: n.address(bytes, 16),
          size: n.address(bytes, 32),
        }
      : { type: n.word(bytes, 0), offset: n.word(bytes, 4), at: n.word(bytes, 8), size: n.word(bytes, 16) };
  });
};

type Dynamic = { readonly names: Buffer; readonly libraries: readonly string[] };

const dynamicOf = (file: Window, segments: readonly Segment[], n: Numbers): Dynamic | null => {
  const segment = segments.find(({ type }) => type === dynamic);
  if (segment === undefined) return null;
  const step = n.wide ? 16 : 8;
  const bytes = file.at(segment.offset, Math.min(segment.size, 2 ** 16));
  const needed: number[] = [];
  let [table, size] = [0, 0];
  for (let at = 0; at + step <= bytes.length; at += step) {
    const [tag, value] = [n.address(bytes, at), n.address(bytes, at + step / 2)];
    if (tag === 0) break;
    if (tag === 1) needed.push(value);
    if (tag === 5) table = value;
    if (tag === 10) size = value;
  }
  const home = segments.find(
    ({ type, at, size: length }) => type === loaded && table >= at && table < at + length,
  );
  if (home === undefined) throw new BrokenImage();
  const names = file.at(table - home.at + home.offset, size);
  return { names, libraries: needed.slice(0, 256).map(offset => textIn(names, offset)) };
};

const libcOf = (libraries: readonly string[]): Libc | null => {
  if (libraries.some(name => /^(?:libc\.musl-|ld-musl-|libc\.so$)/.test(name))) return 'musl';
  return libraries.some(name => /^(?:libc\.so\.6|ld-linux.*)$/.test(name)) ? 'glibc' : null;
};

/** Linux and the BSDs. The table of names of the dynamic part has all that is given and taken. */
export const readElf = (file: Window): Image => {
  const ident = file.at(0, 16);
  const n = numbersOf(ident);
  const header = file.at(0, n.wide ? 64 : 52);
  const segments = segmentsOf(file, header, n);
  const found = dynamicOf(file, segments, n);
  const symbols = noteSymbols();
  for (const name of found?.names.toString('latin1').split('\0') ?? []) symbols.note(name);
  const machine = n.half(header, 18);
  return {
    format: 'elf',
    archs: [machines[machine] ?? `machine-${machine}`],
    libc: libcOf(found?.libraries ?? []),
    libraries: found?.libraries ?? [],
    whole: segments.every(({ type, offset, size }) => type !== loaded || offset + size <= file.size),
    ...symbols.notes(),
  };
};
