import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

/** One way to change a file of a tree. `hidden`: neither size, kind nor time tells. */
export type Tamper = {
  readonly what: string;
  readonly hidden?: boolean;
  readonly fits?: (file: string) => boolean;
  readonly act: (file: string) => void;
};

const another = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

/** New content under the same name and mode; the old bytes may be those of a good tree, too. */
const rewrite = (file: string, change: (bytes: Buffer) => Buffer, keepsTime: boolean): void => {
  const { mode, mtimeMs } = lstatSync(file);
  const bytes = change(readFileSync(file));
  rmSync(file);
  writeFileSync(file, bytes, { mode: mode & 0o777 });
  // Half a millisecond more: the time goes through a number of seconds, and its milliseconds are compared.
  if (keepsTime) utimesSync(file, (mtimeMs + 0.5) / 1000, (Math.trunc(mtimeMs) + 0.5) / 1000);
};

const copyAside = (file: string): string => {
  copyFileSync(file, `${file}.aside`);
  const { mtimeMs, mode } = lstatSync(file);
  utimesSync(`${file}.aside`, mtimeMs / 1000, (Math.trunc(mtimeMs) + 0.5) / 1000);
  chmodSync(`${file}.aside`, mode & 0o777);
  return `${file}.aside`;
};

const hasBytes = (file: string): boolean => lstatSync(file).size > 0;
const isExecutable = (file: string): boolean => (lstatSync(file).mode & 0o111) !== 0;

const flip = (bytes: Buffer, share: number): Buffer => another(bytes, Math.floor(share * bytes.length));

export const tampers: readonly Tamper[] = [
  { what: 'another first byte', fits: hasBytes, act: file => rewrite(file, bytes => flip(bytes, 0), false) },
  {
    what: 'another byte in the middle',
    fits: hasBytes,
    act: file => rewrite(file, bytes => flip(bytes, 0.5), false),
  },
  {
    what: 'another byte and its old time',
    hidden: true,
    fits: hasBytes,
    act: file => rewrite(file, bytes => flip(bytes, 0.5), true),
  },
  {
    what: 'zeros and its old time',
    hidden: true,
    fits: hasBytes,
    act: file => rewrite(file, bytes => Buffer.alloc(bytes.length), true),
  },
  {
    what: 'one byte more',
    act: file => rewrite(file, bytes => Buffer.concat([bytes, Buffer.from('x')]), true),
  },
  { what: 'one byte less', fits: hasBytes, act: file => rewrite(file, bytes => bytes.subarray(1), true) },
  { what: 'nothing in it', fits: hasBytes, act: file => rewrite(file, () => Buffer.alloc(0), true) },
  { what: 'no file in its place', act: file => rmSync(file) },
  {
    what: 'a link to the same bytes in its place',
    act: file => {
      const aside = copyAside(file);
      rmSync(file);
      symlinkSync(aside, file);
    },
  },
  {
    what: 'a folder in its place',
    act: file => {
      rmSync(file);
      mkdirSync(file);
    },
  },
  {
    what: 'no right to be executed',
    fits: isExecutable,
    act: file => {
      const aside = copyAside(file);
      rmSync(file);
      renameSync(aside, file);
      chmodSync(file, 0o644);
    },
  },
];
