import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultLimits, type Limits } from '#src/staging/limits.js';
import { unpackTarball } from '#src/staging/unpack.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { makePackage, type RawEntry, rawTarball, withTarball } from '#src/testing/index.js';
import { entry, evil, hostileEntries } from '../../support/hostile/entries.ts';
import { codeOf, freshFolder, newWorld, packageName } from './staging-world.ts';

const never = new AbortController().signal;
const good: RawEntry = { path: 'package/package.json', content: '{}' };

const compareText = (a: string, b: string): number => (a < b ? -1 : 1);

const unpack = async (tarball: Buffer, limits: Limits = defaultLimits, natives: readonly string[] = []) => {
  const dir = freshFolder();
  const file = path.join(dir, 'inner', 'package.tgz');
  mkdirSync(path.dirname(file));
  writeFileSync(file, tarball);
  const tree = path.join(dir, 'inner', 'tree');
  const outcome = await unpackTarball(
    fs,
    { tarball: file, tree, limits, natives },
    never,
    () => undefined,
  ).then(
    files => ({ files, error: null }),
    (error: unknown) => ({ files: null, error }),
  );
  const outside = [...readdirSync(dir), ...readdirSync(path.join(dir, 'inner'))].sort(compareText);
  return { ...outcome, dir, tree, outside };
};

test(`P-21: the corpus holds at least 60 hostile archives`, () => {
  expect(hostileEntries.length).toBeGreaterThanOrEqual(60);
});

test.each(hostileEntries.map(([what, ...entries]) => ({ what, entries })))(
  'P-21: $what is refused and nothing lies outside of the tree',
  async ({ entries }) => {
    const damaged = rawTarball([good, ...entries]);
    const { error, outside } = await unpack(damaged, defaultLimits, ['node-pty']);
    expect(error).toMatchObject({ code: 'PACKAGE_UNSAFE', blame: 'package' });
    expect(outside).toEqual(['inner', 'package.tgz', 'tree']);
    expect(existsSync(evil)).toBe(false);
  },
);

test.each([
  ['is no gzip', rawTarball([good], { gzip: false })],
  ['is empty', Buffer.alloc(0)],
  ['holds no entry', rawTarball([])],
  ['is cut in the middle of the gzip stream', rawTarball([good]).subarray(0, 60)],
  ['has no end mark', rawTarball([good], { end: false })],
  ['has data after its end', rawTarball([good], { trailer: Buffer.from('evil') })],
  [
    'has an archive after its end',
    rawTarball([good], { trailer: rawTarball([entry('b')], { gzip: false }) }),
  ],
  ['has bytes after the gzip stream', Buffer.concat([rawTarball([good]), Buffer.from('evil')])],
  ['has zeros after the gzip stream', Buffer.concat([rawTarball([good]), Buffer.alloc(512)])],
  ['is followed by a second gzip stream', Buffer.concat([rawTarball([good]), gzipSync('evil')])],
  ['is compressed twice', gzipSync(rawTarball([good]))],
  ['is text', gzipSync('just some text, longer than one block of a tar archive. '.repeat(40))],
])('P-21: an archive that %s is refused', async (_, tarball) => {
  expect((await unpack(tarball)).error).toMatchObject({ code: 'PACKAGE_UNSAFE' });
});

test('P-21: what is only unusual is unpacked with plain modes', async () => {
  const { files, tree, error } = await unpack(
    rawTarball([
      { path: 'package', type: 'Directory' },
      { path: 'package/', type: 'Directory' },
      { ...good, mode: 0o666 },
      entry('bin/run', { mode: 0o777 }),
      entry('a b/ü.js', { pax: true, mode: 0o100600 }),
      entry('lib/', { type: 'Directory', content: '', mode: 0o777 }),
      entry('lib/(group)/[id]/$x@1.0.js'),
      entry('node_modules/other/index.js'),
      entry('empty', { content: '' }),
      entry('.npmignore'),
    ]),
  );
  expect(error).toBeNull();
  expect(files?.map(file => [file.path, file.mode])).toEqual([
    ['package.json', 0o644],
    ['bin/run', 0o755],
    ['a b/ü.js', 0o644],
    ['lib/(group)/[id]/$x@1.0.js', 0o644],
    ['node_modules/other/index.js', 0o644],
    ['empty', 0o644],
    ['.npmignore', 0o644],
  ]);
  expect(lstatSync(path.join(tree, 'bin/run')).mode & 0o777).toBe(0o755);
  expect(readFileSync(path.join(tree, 'bin/run'), 'utf8')).toBe('x');
});

const many = (count: number): RawEntry[] => Array.from({ length: count }, (_, at) => entry(`f${at}`));
const zeros = (bytes: number): RawEntry => entry('zeros', { content: Buffer.alloc(bytes) });

test.each([
  ['too many files', rawTarball([good, ...many(30)]), { files: 20 }, 'DOWNLOAD_TOO_LARGE'],
  ['too many bytes', rawTarball([good, zeros(3000)]), { unpackedBytes: 2000 }, 'DOWNLOAD_TOO_LARGE'],
  ['a size header of petabytes', rawTarball([good, entry('a', { size: 2 ** 50 })]), {}, 'DOWNLOAD_TOO_LARGE'],
  ['a bomb', rawTarball([good, zeros(40_000_000)]), { ratioFloorBytes: 1_000_000 }, 'PACKAGE_UNSAFE'],
] as const)('P-22: %s: it ends early', async (_, tarball, limits, code) => {
  const before = process.memoryUsage.rss();
  const { error } = await unpack(tarball, { ...defaultLimits, ...limits });
  expect(error).toMatchObject({ code });
  expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
});

test('P-21: a hostile package leaves the store as it was, and is remembered by its integrity', async () => {
  const world = await newWorld();
  const honest = makePackage({
    name: packageName,
    version: '1.1.0',
    files: { 'cli.js': '' },
    manifest: { bin: 'cli.js' },
  });
  world.registry.publish(withTarball(honest, rawTarball([good, entry('../../../evil')])));
  const before = world.launchable();
  expect(await codeOf(world.stage())).toBe('PACKAGE_UNSAFE');
  expect(world.launchable()).toEqual(before);
  expect(world.partials()).toEqual([]);
  expect(await world.check()).toMatchObject({ kind: 'badVersion', mark: { cause: 'PACKAGE_UNSAFE' } });
  world.registry.publish(honest);
  expect(await world.stage()).toMatchObject({ version: '1.1.0' });
});
