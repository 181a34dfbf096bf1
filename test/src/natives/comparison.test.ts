import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compareNatives } from '#src/natives/comparison.js';
import type { NativeDependency } from '#src/natives/dependency.js';
import { createFitMemory, forgetful } from '#src/natives/fit-memory.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { subject } from '../../support/charts/natives-events.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { crossBytes, crossFile, pythonModule } from '../../support/natives/cross-files.ts';
import { native, packageIn } from '../../support/natives/prebuilt-packages.ts';

const glibc = nodeFor('linux-x64-glibc');
const musl = nodeFor('linux-x64-musl');
const foreign = nodeFor('linux-arm64-glibc');

const pin = { name: 'pty', version: '1.0.0', hashes: ['sha512-x'] };
const about = { fs, exec: '/opt/my-node', memory: forgetful };

test('N-05: what the runtime has itself goes before what the bundle has, and that before anything else', () => {
  const [own, bundle] = [temporaryFolder(), temporaryFolder()];
  packageIn(own, 'pty', 'linux-x64-gnu');
  const dir = packageIn(bundle, 'pty', 'linux-x64-gnu', 'linux-x64-musl');
  const pty = [native('pty', { dir })];
  expect(compareNatives(pty, { ...about, abi: glibc, ownPath: [own] })).toEqual({
    places: [{ name: 'pty', from: 'own' }],
    lacking: [],
    installable: false,
  });
  expect(compareNatives(pty, { ...about, abi: musl, ownPath: [own] }).places).toEqual([
    { name: 'pty', from: 'bundle' },
  ]);
  expect(compareNatives(pty, { ...about, abi: glibc, ownPath: [] }).places).toEqual([
    { name: 'pty', from: 'bundle' },
  ]);
});

test('N-07, N-09: what fits nowhere is named with what there is and with the command; only a certain misfit is certain', () => {
  const [own, bundle] = [temporaryFolder(), temporaryFolder()];
  packageIn(own, 'pty', 'linux-x64-gnu');
  const dir = packageIn(bundle, 'pty', 'linux-x64-musl');
  packageIn(own, 'plain');
  const { places, lacking, installable } = compareNatives(
    [native('pty', { dir }), native('plain'), native('missing')],
    { ...about, abi: foreign, ownPath: [own] },
  );
  expect(places).toEqual([]);
  expect(lacking.map(({ name, certain }) => [name, certain])).toEqual([
    ['pty', true],
    ['plain', false],
    ['missing', false],
  ]);
  expect(lacking[0]?.sentence).toBe(
    'Nothing of pty is for linux-arm64-glibc-node115 (there is: linux-x64-glibc, linux-x64-musl): run `stagedoor natives ensure pty --exec /opt/my-node`.',
  );
  expect(installable).toBe(false);
});

test('N-04, N-05: a tree can be had where all that certainly fits nowhere is pinned, for this ecosystem', () => {
  const own = temporaryFolder();
  packageIn(own, 'pty', 'linux-x64-gnu');
  packageIn(own, 'other', 'linux-x64-gnu');
  const compared = { ...about, abi: foreign, ownPath: [own] };
  const pinned = native('pty', { pins: [pin] });
  const starting = (natives: readonly NativeDependency[]): boolean =>
    compareNatives(natives, compared, subject).installable;
  expect(starting([pinned])).toBe(true);
  expect(starting([pinned, native('plain')])).toBe(true);
  expect(starting([pinned, native('other')])).toBe(false);
  expect(starting([native('pty'), native('plain', { pins: [pin] })])).toBe(false);
});

test('N-04, N-07: what nobody can judge is installed for who prepares, never for a start', () => {
  const compared = { ...about, abi: glibc, ownPath: [] };
  const pinned = native('pty', { pins: [pin] });
  expect(compareNatives([pinned], compared).installable).toBe(true);
  expect(compareNatives([pinned], compared, subject).installable).toBe(false);
  expect(compareNatives([pinned, native('other')], compared).installable).toBe(true);
  expect(compareNatives([native('other')], compared).installable).toBe(false);
  const python = pythonOn('cpython-311-x86_64-linux-gnu', '3.11.7');
  expect(compareNatives([pinned], { ...compared, abi: python }).installable).toBe(false);
  const wheel = native('pty', { pins: [{ ...pin, hashes: [`sha256:${'0'.repeat(64)}`] }] });
  expect(compareNatives([wheel], { ...compared, abi: python }).installable).toBe(true);
});

test('a scoped package is looked for in its own folder, also in the bundle', () => {
  const bundle = temporaryFolder();
  const dir = packageIn(path.join(bundle, '@scope'), 'pty', 'linux-x64-gnu');
  writeFileSync(path.join(dir, 'package.json'), '{"name":"@scope/pty"}');
  const { places } = compareNatives([native('@scope/pty', { dir })], { ...about, abi: glibc, ownPath: [] });
  expect(places).toEqual([{ name: '@scope/pty', from: 'bundle' }]);
});

test('what has fitted is not read again, until its size, its time or its folder changes', async () => {
  const own = temporaryFolder();
  const dir = packageIn(own, 'pty', 'linux-x64-gnu');
  const file = path.join(dir, 'prebuilds/linux-x64/pty.glibc.node');
  const memory = createFitMemory(fs, path.join(temporaryFolder(), 'fits.json'));
  let reads = 0;
  const counting = {
    ...fs,
    readSync: ((...args: Parameters<typeof fs.readSync>) => {
      reads += 1;
      return fs.readSync(...args);
    }) as typeof fs.readSync,
  };
  const readsOf = async (): Promise<number> => {
    reads = 0;
    const compared = { ...about, fs: counting, memory, abi: glibc, ownPath: [own] };
    expect(compareNatives([native('pty')], compared).places).toHaveLength(1);
    await memory.idle();
    return reads;
  };
  expect(await readsOf()).toBeGreaterThan(0);
  expect(await readsOf()).toBe(0);
  utimesSync(file, 1, 1);
  expect(await readsOf()).toBeGreaterThan(0);
  expect(await readsOf()).toBe(0);
  mkdirSync(path.join(dir, 'build'));
  expect(await readsOf()).toBeGreaterThan(0);
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(true);
  expect(memory.recall(musl.tag, 'pty', dir)).toBe(false);
  writeFileSync(file, crossBytes('linux-arm64-gnu'));
  expect(
    compareNatives([native('pty')], { ...about, memory, abi: glibc, ownPath: [own] }).lacking,
  ).toMatchObject([{ certain: true }]);
  rmSync(dir, { recursive: true });
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(false);
});

test('a platform package beside the package is remembered by its own file', async () => {
  const modules = temporaryFolder();
  const dir = packageIn(modules, 'pty');
  const name = 'pty-linux-x64-gnu';
  writeFileSync(
    path.join(dir, 'package.json'),
    JSON.stringify({ name: 'pty', optionalDependencies: { [name]: '1.0.0' } }),
  );
  mkdirSync(path.join(modules, name));
  writeFileSync(
    path.join(modules, name, 'package.json'),
    JSON.stringify({ name, os: ['linux'], cpu: ['x64'], libc: ['glibc'] }),
  );
  cpSync(crossFile('linux-x64-gnu'), path.join(modules, name, 'pty.node'));
  const memory = createFitMemory(fs, path.join(temporaryFolder(), 'fits.json'));
  const compared = { ...about, memory, abi: glibc, ownPath: [modules] };
  expect(compareNatives([native('pty')], compared).places).toEqual([{ name: 'pty', from: 'own' }]);
  await memory.idle();
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(true);
  rmSync(path.join(modules, name), { recursive: true });
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(false);
});

test('a memory that was tampered with or can not be written costs a look, never an answer', async () => {
  const own = temporaryFolder();
  const dir = packageIn(own, 'pty', 'linux-x64-gnu');
  const file = path.join(temporaryFolder(), 'fits.json');
  const outside = { tag: glibc.tag, name: 'pty', file: '../../etc/hosts', mark: 'x' };
  for (const text of [
    '',
    '{',
    '[]',
    '{"fits":{}}',
    '{"fits":[null,1,{}]}',
    JSON.stringify({ fits: [outside] }),
  ]) {
    writeFileSync(file, text);
    expect(createFitMemory(fs, file).recall(glibc.tag, 'pty', dir)).toBe(false);
  }
  rmSync(file);
  symlinkSync('/proc/version', file);
  const memory = createFitMemory(fs, path.join(file, 'below'));
  expect(
    compareNatives([native('pty')], { ...about, memory, abi: glibc, ownPath: [own] }).places,
  ).toHaveLength(1);
  await expect(memory.idle()).resolves.toBeUndefined();
});

test('N-12: a Python module is looked for by its import name, in the bundle beside the named folder', () => {
  const site = temporaryFolder();
  const python = pythonOn('cpython-311-x86_64-linux-gnu', '3.11.7');
  mkdirSync(path.join(site, '_core'));
  writeFileSync(path.join(site, '_core', 'speed.cpython-311-x86_64-linux-gnu.so'), pythonModule());
  const core = native('fast-core', { module: '_core', dir: path.join(site, '_core') });
  const compared = { ...about, abi: python, ownPath: [] };
  expect(compareNatives([core], compared).places).toEqual([{ name: 'fast-core', from: 'bundle' }]);
  expect(compareNatives([core], { ...compared, ownPath: [site] }).places[0]?.from).toBe('own');
  const newer = pythonOn('cpython-312-x86_64-linux-gnu', '3.12.1');
  expect(compareNatives([core], { ...compared, abi: newer }).lacking).toMatchObject([
    { name: 'fast-core', certain: true },
  ]);
});

test('P-16: what fits in one place says nothing of another, though sizes and times are the same, and no place is stored', async () => {
  const file = path.join(temporaryFolder(), 'fits.json');
  const copyIn = (modules: string): string => {
    const dir = packageIn(modules, 'pty', 'linux-x64-gnu');
    for (const place of ['prebuilds/linux-x64/pty.glibc.node', '.']) utimesSync(path.join(dir, place), 1, 1);
    return dir;
  };
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  const [dir, twin] = [copyIn(one), copyIn(other)];
  const memory = createFitMemory(fs, file);
  compareNatives([native('pty')], { ...about, memory, abi: glibc, ownPath: [one] });
  await memory.idle();
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(true);
  expect(memory.recall(glibc.tag, 'pty', twin)).toBe(false);
  expect(readFileSync(file, 'utf8')).not.toContain(path.basename(one));
});

test('a file that takes the place of one that fitted is read, though size and time are the same', async () => {
  const own = temporaryFolder();
  const dir = packageIn(own, 'pty', 'linux-x64-gnu');
  const file = path.join(dir, 'prebuilds/linux-x64/pty.glibc.node');
  utimesSync(file, 1, 1);
  const memory = createFitMemory(fs, path.join(temporaryFolder(), 'fits.json'));
  compareNatives([native('pty')], { ...about, memory, abi: glibc, ownPath: [own] });
  await memory.idle();
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(true);
  cpSync(file, `${file}.new`);
  utimesSync(`${file}.new`, 1, 1);
  renameSync(`${file}.new`, file);
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(false);
});
