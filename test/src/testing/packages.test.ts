import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tar from 'tar';
import { expect, test } from 'vitest';
import {
  makePackage,
  type RawEntry,
  rawTarball,
  runtimePackage,
  withTarball,
  writeRuntime,
} from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';

type SeenEntry = { path: string; type: string; mode: number; linkpath: string | undefined; size: number };

const entriesOf = (tarball: Buffer): SeenEntry[] => {
  const file = join(temporaryFolder(), 'package.tgz');
  writeFileSync(file, tarball);
  const seen: SeenEntry[] = [];
  tar.t({
    file,
    sync: true,
    strict: true,
    onReadEntry: ({ path, type, mode = 0, linkpath, size }) =>
      void seen.push({ path, type, mode, linkpath, size }),
  });
  return seen;
};

const source = {
  name: '@acme/app',
  version: '1.2.3',
  files: { 'lib/b.js': 'b', 'a.js': 'a', 'bin/app': { content: '#!/bin/sh\n', mode: 0o755 } },
  manifest: { engines: { node: '>=20' } },
};

test('a packed package holds package.json first and the other files by path, with their modes', () => {
  const entries = entriesOf(makePackage(source).tarball);
  expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
    ['package/package.json', 0o644],
    ['package/a.js', 0o644],
    ['package/bin/app', 0o755],
    ['package/lib/b.js', 0o644],
  ]);
});

test('packing the same files twice gives the same bytes, other files other bytes', () => {
  const { tarball } = makePackage(source);
  expect(makePackage(source).tarball.equals(tarball)).toBe(true);
  // RFC 1952: the tenth byte of a gzip stream names the operating system, 255 none.
  expect(tarball[9]).toBe(255);
  const other = makePackage({ ...source, files: { ...source.files, 'a.js': 'A' } });
  expect(other.tarball.equals(tarball)).toBe(false);
});

test('a packed package announces its own size, count and manifest', () => {
  const packed = makePackage(source);
  expect(packed.manifest).toEqual({ name: '@acme/app', version: '1.2.3', engines: { node: '>=20' } });
  expect(packed.fileCount).toBe(4);
  const sizes = entriesOf(packed.tarball).map(entry => entry.size);
  expect(packed.unpackedSize).toBe(sizes.reduce((total, size) => total + size, 0));
});

test('a package.json among the files contradicts what is announced', () => {
  const inside = '{"name":"other","version":"9.9.9"}';
  const packed = makePackage({ ...source, files: { 'package.json': inside } });
  expect(packed.manifest.name).toBe('@acme/app');
  expect(packed.unpackedSize).toBe(inside.length);
});

const hostile: readonly (readonly [string, RawEntry, Partial<SeenEntry>])[] = [
  ['a climbing path', { path: 'package/../../up' }, { path: 'package/../../up' }],
  ['an absolute path', { path: '/etc/passwd' }, { path: '/etc/passwd' }],
  ['a backslash', { path: 'package\\..\\up' }, { path: 'package\\..\\up' }],
  [
    'a path of 300 characters',
    { path: `package/${'a'.repeat(300)}` },
    { path: `package/${'a'.repeat(300)}` },
  ],
  ['a path in a pax header', { path: '../up', pax: true }, { path: '../up' }],
  ['a setuid bit', { path: 'package/su', mode: 0o4755 }, { mode: 0o4755 }],
  [
    'a symbolic link',
    { path: 'package/l', type: 'SymbolicLink', linkpath: '/etc' },
    { type: 'SymbolicLink', linkpath: '/etc' },
  ],
  ['a hard link', { path: 'package/l', type: 'Link', linkpath: '../x' }, { type: 'Link', linkpath: '../x' }],
  [
    'a device',
    { path: 'package/d', type: 'CharacterDevice', devmaj: 1, devmin: 3 },
    { type: 'CharacterDevice' },
  ],
  ['a pipe', { path: 'package/p', type: 'FIFO' }, { type: 'FIFO' }],
];

test.each(hostile)('a raw tarball carries %s as it is', (_, entry, seen) => {
  expect(entriesOf(rawTarball([entry]))).toEqual([expect.objectContaining(seen)]);
});

test('a raw tarball keeps duplicates, their order and their contents', () => {
  const entries = entriesOf(
    rawTarball([
      { path: 'a', content: '1' },
      { path: 'a', content: '22' },
    ]),
  );
  expect(entries.map(({ path, size }) => [path, size])).toEqual([
    ['a', 1],
    ['a', 2],
  ]);
});

test('a damaged header fits its checksum again unless it is asked not to', () => {
  const setType = (header: Buffer): void => void header.write('S', 156, 'latin1');
  const repaired = rawTarball([{ path: 'package/x', damage: header => void setType(header) }]);
  expect(entriesOf(repaired)).toEqual([]);
  const broken = rawTarball([
    {
      path: 'package/x',
      damage: header => {
        setType(header);
        return 'keep-checksum';
      },
    },
  ]);
  expect(() => entriesOf(broken)).toThrow(/checksum/);
});

test('a header can announce more than there is', () => {
  const short = rawTarball([{ path: 'package/x', content: 'x', size: 4096 }], { end: false });
  expect(() => entriesOf(short)).toThrow(/Truncated/i);
});

test('a package with another tarball announces the hashes of that one', () => {
  const packed = makePackage(source);
  const swapped = withTarball(packed, rawTarball([{ path: 'x' }]));
  expect(swapped.integrity).not.toBe(packed.integrity);
  expect(swapped.shasum).not.toBe(packed.shasum);
  expect(swapped.version).toBe('1.2.3');
});

test('a runtime is laid out as a folder with its package.json, its entry and its modes', () => {
  const dir = join(temporaryFolder(), 'bundled');
  const files = { 'bin/helper': { content: 'x', mode: 0o755 } };
  const entry = writeRuntime(dir, runtimePackage({ name: '@acme/app', version: '1.0.0', files }));
  expect(existsSync(entry)).toBe(true);
  expect(JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))).toMatchObject({
    version: '1.0.0',
    bin: { app: 'cli.js' },
  });
  if (process.platform !== 'win32') {
    expect(statSync(join(dir, 'bin/helper')).mode & 0o777).toBe(0o755 & ~process.umask());
  }
});
