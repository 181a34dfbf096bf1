import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import type { PythonAbi } from '#src/natives/abi.js';

/** A file of an archive; `link` makes it what a zip has for a link. */
export type Part = { readonly name: string; readonly bytes: Buffer | string; readonly link?: boolean };

const numbers = (...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );

/** A zip that stores its files as they are. */
export const zip = (parts: readonly Part[]): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, link = false } of parts) {
    const [text, data] = [Buffer.from(name), Buffer.from(bytes)];
    const same = numbers(
      [20, 2],
      [0x800, 2],
      [0, 2],
      [0, 2],
      [0x5821, 2],
      [crc32(data), 4],
      [data.length, 4],
      [data.length, 4],
    );
    const local = Buffer.concat([
      numbers([0x04034b50, 4]),
      same,
      numbers([text.length, 2], [0, 2]),
      text,
      data,
    ]);
    const mode = ((link ? 0o120777 : 0o100644) << 16) >>> 0;
    const rest = numbers([text.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [mode, 4], [at, 4]);
    centrals.push(Buffer.concat([numbers([0x02014b50, 4], [0x0314, 2]), same, rest, text]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [parts.length, 2],
    [parts.length, 2],
    [directory.length, 4],
    [at, 4],
    [0, 2],
  );
  return Buffer.concat([...locals, directory, end]);
};

export type Wheel = {
  readonly name: string;
  readonly version?: string;
  /** `cp313-cp313-linux_x86_64`, `py3-none-any`. */
  readonly tag: string;
  readonly files: readonly Part[];
  readonly needs?: readonly string[];
  readonly extras?: readonly string[];
  readonly scripts?: string;
};

export type Archive = { readonly file: string; readonly hash: string; readonly spec: string };

const archive = (file: string, bytes: Buffer, spec: string): Archive => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return { file, spec, hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
};

const urlSafe = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/** Writes a wheel into a folder: metadata, entry points, and a record of everything. */
export const writeWheel = (
  folder: string,
  { name, version = '1.0', tag, files, needs = [], extras = [], scripts }: Wheel,
): Archive => {
  const info = `${name}-${version}.dist-info`;
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    ...needs.map(need => `Requires-Dist: ${need}`),
    ...extras.map(extra => `Provides-Extra: ${extra}`),
  ];
  const parts: Part[] = [
    ...files,
    { name: `${info}/METADATA`, bytes: `${metadata.join('\n')}\n` },
    {
      name: `${info}/WHEEL`,
      bytes: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: ${tag.endsWith('any')}\nTag: ${tag}\n`,
    },
    ...(scripts === undefined
      ? []
      : [{ name: `${info}/entry_points.txt`, bytes: `[console_scripts]\n${scripts}\n` }]),
  ];
  const record = parts.map(
    ({ name: file, bytes }) => `${file},sha256=${urlSafe(Buffer.from(bytes))},${Buffer.from(bytes).length}`,
  );
  const all = [
    ...parts,
    { name: `${info}/RECORD`, bytes: `${[...record, `${info}/RECORD,,`].join('\n')}\n` },
  ];
  return archive(path.join(folder, `${name}-${version}-${tag}.whl`), zip(all), `${name}@${version}`);
};

const tarHeader = (name: string, size: number): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return header;
};

/** Writes a source archive of a package, whatever its files are. */
export const writeSource = (
  folder: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Archive => {
  const all = { 'PKG-INFO': `Metadata-Version: 1.0\nName: ${name}\nVersion: 1.0\n`, ...files };
  const blocks = Object.entries(all).flatMap(([file, text]) => {
    const data = Buffer.from(text);
    return [
      tarHeader(`${name}-1.0/${file}`, data.length),
      data,
      Buffer.alloc((512 - (data.length % 512)) % 512),
    ];
  });
  const bytes = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  return archive(path.join(folder, `${name}-1.0.tar.gz`), bytes, `${name}@1.0`);
};

/** The tags of a wheel that only this interpreter takes, as the interpreter itself says. */
export const wheelTag = (exec: string, { soabi, version }: PythonAbi, limited = false): string => {
  const question = 'import sysconfig; print(sysconfig.get_platform())';
  const platform = execFileSync(exec, ['-c', question], { encoding: 'utf8' }).trim().replace(/[-.]/g, '_');
  const [major, minor] = version.split('.');
  const own = /^cpython-(\w+)/.exec(soabi)?.[1] ?? `${major}${minor}`;
  return limited ? `cp36-abi3-${platform}` : `cp${major}${minor}-cp${own}-${platform}`;
};

/** A source package with a compiled module, by setuptools. */
export const sourceFiles = (name: string, code: string): Readonly<Record<string, string>> => ({
  'setup.py': `from setuptools import Extension, setup\nsetup(name="${name}", version="1.0", ext_modules=[Extension("${name}", ["${name}.c"])])\n`,
  [`${name}.c`]: code,
});

/** As a part of a wheel. */
export const partOf = (file: string): Part => ({ name: path.basename(file), bytes: readFileSync(file) });

/** A module for any Python, with more files. */
export const plain = (
  name: string,
  ...files: readonly { name: string; bytes: string; link?: boolean }[]
) => ({
  name,
  tag: 'py3-none-any',
  files: [{ name: `${name}.py`, bytes: '' }, ...files],
});
