import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createStagedoor, type StagedoorOptions } from '#src/index.js';
import { nativeDependency } from '#src/natives/options.js';
import { compareTree } from '#src/staging/tree-proof.js';
import { stagingInWorker } from '#src/staging/worker-effects.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { makePackage, rawTarball, withTarball } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { entry, evil, hostileEntries } from '../../support/hostile/entries.ts';
import { nodeFor } from '../../support/natives/abis.ts';
import { fetchWorld, filesBelow, nativePackage, pinOf } from '../../support/natives/fetching.ts';
import { codeOf } from '../staging/staging-world.ts';

const linux = nodeFor('linux-x64-glibc');

test('N-04: what is pinned lies in the tree, scoped names in folders of their own, and every file is listed with its hash', async () => {
  const world = await fetchWorld();
  const packages = [nativePackage('native'), nativePackage('@scope/helper')];
  for (const each of packages) world.registry.publish(each);
  const { files } = await world.fetch(packages.map(pinOf));
  const own = ['bin/tool', 'index.js', 'package.json'];
  const expected = ['@scope/helper', 'native'].flatMap(name =>
    own.map(file => `node_modules/${name}/${file}`),
  );
  expect(filesBelow(world.tree)).toEqual(expected);
  expect(files.map(file => file.path).sort()).toEqual(expected);
  compareTree(nodeFileSystem, world.tree, files);
  const tool = path.join(world.tree, 'node_modules/native/bin/tool');
  if (process.platform !== 'win32') expect(statSync(tool).mode & 0o777).toBe(0o755);
  expect(readdirSync(world.folder)).toEqual(['tree']);
  expect(readdirSync(world.root)).toEqual(['attempt']);
});

test('the rights of a tree are plain, whatever the umask is', async () => {
  const world = await fetchWorld();
  const native = nativePackage('@scope/native');
  world.registry.publish(native);
  const umask = process.umask(0o077);
  try {
    await world.fetch([pinOf(native)]);
  } finally {
    process.umask(umask);
  }
  expect(statSync(path.join(world.tree, 'node_modules/@scope/native/index.js')).mode & 0o777).toBe(0o644);
});

test('the pinned version is installed, not a later one, and no script of it runs', async () => {
  const world = await fetchWorld();
  const stain = path.join(world.root, 'stain');
  const script = `node -e "require('fs').writeFileSync(${JSON.stringify(stain)}, '')"`;
  const scripts = { preinstall: script, install: script, postinstall: script, prepare: script };
  const pinned = nativePackage('native', { scripts, gypfile: true });
  world.registry.publish(pinned);
  world.registry.publish(nativePackage('native', {}, '1.0.1'));
  await world.fetch([pinOf(pinned)]);
  const manifest = readFileSync(path.join(world.tree, 'node_modules/native/package.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({ name: 'native', version: '1.0.0' });
  expect(existsSync(stain)).toBe(false);
});

test('a registry that announces other bytes than those pinned is refused before a byte of them is fetched', async () => {
  const world = await fetchWorld();
  world.registry.publish(nativePackage('native', { other: true }));
  const failed = await world.fetch([pinOf(nativePackage('native'))]).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 'INTEGRITY_MISMATCH',
    message: expect.stringContaining('native@1.0.0'),
  });
  expect(world.asked()).toEqual(['/native']);
  expect(readdirSync(world.folder)).toEqual([]);
});

test('bytes that are not the pinned ones are refused although the registry announces those', async () => {
  const world = await fetchWorld();
  const native = nativePackage('native');
  world.registry.publish(native);
  world.registry.fault({}, { kind: 'tamperTarball' });
  expect(await codeOf(world.fetch([pinOf(native)]))).toBe('INTEGRITY_MISMATCH');
  expect(filesBelow(world.tree)).toEqual([]);
});

test('P-21: hostile archives write nothing outside of their folder, although they are what is pinned', async () => {
  for (const [what, ...entries] of hostileEntries) {
    // Here nothing is copied beside it: what a package brings in its own `node_modules` is its own.
    if (what.includes('the place of a native')) continue;
    const world = await fetchWorld();
    const manifest = entry('package.json', { content: '{"name":"native","version":"1.0.0"}' });
    const hostile = withTarball(nativePackage('native'), rawTarball([manifest, ...entries]));
    world.registry.publish(hostile);
    expect(await codeOf(world.fetch([pinOf(hostile)])), what).toMatch(
      /^PACKAGE_UNSAFE$|^DOWNLOAD_TOO_LARGE$/,
    );
    expect(existsSync(evil)).toBe(false);
    const place = 'attempt/tree/node_modules/native/';
    const outside = filesBelow(world.root).filter(file => !file.startsWith(place));
    expect(outside, what).toEqual(['attempt/package.tgz']);
  }
});

test.each([
  ['another name', { name: 'another', version: '1.0.0' }],
  ['another version', { name: 'native', version: '1.0.1' }],
  ['no name', { version: '1.0.0' }],
])('an archive whose package.json has %s is no good, although it is what is pinned', async (_, own) => {
  const world = await fetchWorld();
  const files = { 'package.json': JSON.stringify(own) };
  const lying = { ...makePackage({ name: 'native', version: '1.0.0', files }) };
  world.registry.publish(lying);
  expect(await codeOf(world.fetch([pinOf(lying)]))).toBe('PACKAGE_INVALID');
});

test('N-12: a package that is for another system by its name is passed by without a request', async () => {
  const world = await fetchWorld();
  const names = [
    'native-darwin-arm64',
    'native-linux-x64-musl',
    '@native/win32-x64',
    'native-linux-arm64-gnu',
  ];
  const here = nativePackage('native-linux-x64-gnu', { os: ['linux'], cpu: ['x64'], libc: ['glibc'] });
  world.registry.publish(here);
  const { files } = await world.fetch([...names.map(name => pinOf(nativePackage(name))), pinOf(here)], {
    abi: linux,
  });
  expect(new Set(files.map(file => file.path.split('/')[1]))).toEqual(new Set(['native-linux-x64-gnu']));
  expect(world.asked().filter(url => !url.startsWith('/native-linux-x64-gnu'))).toEqual([]);
});

test.each([
  ['os', { os: ['darwin'] }],
  ['os', { os: ['!linux'] }],
  ['cpu', { cpu: ['arm64'] }],
  ['libc', { os: ['linux'], libc: ['musl'] }],
])(
  'N-12: a package that is for another system by its %s is passed by without its archive: %j',
  async (_, demands) => {
    const world = await fetchWorld();
    const [native, other] = [nativePackage('native'), nativePackage('native-other', demands)];
    world.registry.publish(native);
    world.registry.publish(other);
    const { files } = await world.fetch([pinOf(other), pinOf(native)], { abi: linux });
    expect(files.map(file => file.path.split('/')[1])).not.toContain('native-other');
    expect(filesBelow(world.tree)).toHaveLength(3);
    expect(world.registry.requests.filter(({ subject }) => subject === 'tarball')).toHaveLength(1);
  },
);

test('progress is told in the phase of the natives, and its bytes grow from one package to the next', async () => {
  const world = await fetchWorld();
  const packages = [nativePackage('native'), nativePackage('native-helper')];
  for (const each of packages) world.registry.publish(each);
  const seen: { readonly phase: string; readonly bytes: number }[] = [];
  await world.fetch(packages.map(pinOf), { report: progress => seen.push(progress) });
  expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['natives']));
  const bytes = seen.map(progress => progress.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(bytes.at(-1)).toBe(packages.reduce((sum, { tarball }) => sum + tarball.length, 0));
});

test('a package that says it is larger than anything that is unpacked is not downloaded', async () => {
  const world = await fetchWorld();
  const huge = { ...nativePackage('native'), unpackedSize: 2 ** 40 };
  world.registry.publish(huge);
  expect(await codeOf(world.fetch([pinOf(huge)]))).toBe('DOWNLOAD_TOO_LARGE');
  expect(world.asked()).toEqual(['/native']);
});

test('the staging thread does the same, and its failures come with their codes', async () => {
  const world = await fetchWorld({ make: options => stagingInWorker(options) });
  const native = nativePackage('@scope/native');
  world.registry.publish(native);
  const { files } = await world.fetch([pinOf(native)]);
  expect(files).toHaveLength(3);
  compareTree(nodeFileSystem, world.tree, files);
  const wrong = { ...pinOf(native), hashes: [nativePackage('native').integrity] };
  expect(await codeOf(world.fetch([wrong]))).toBe('INTEGRITY_MISMATCH');
});

test('natives that are installed together share their pins only where these are the same', () => {
  const [one, other] = [nativePackage('shared'), nativePackage('shared', {}, '1.0.1')];
  const natives = (second: string, hashOfSecond: string) => [
    { name: 'left', install: { 'shared@1.0.0': one.integrity } },
    { name: 'right', install: { [second]: hashOfSecond } },
  ];
  const start = (list: StagedoorOptions['natives']) => () =>
    createStagedoor({
      package: 'app-runtime',
      store: temporaryFolder(),
      bundled: temporaryFolder(),
      natives: list,
    });
  expect(start(natives('shared@1.0.0', one.integrity))).not.toThrow();
  expect(start(natives('shared@1.0.1', other.integrity))).toThrow(/"shared@1.0.1"/);
  expect(start(natives('shared@1.0.0', other.integrity))).toThrow(TypeError);
});

const hash = nativePackage('native').integrity;
const python = `sha256:${'a'.repeat(64)}`;
const read = (install: Readonly<Record<string, string>>): unknown =>
  nativeDependency(
    { name: 'native', install },
    null,
    (value, expected) => new TypeError(`${JSON.stringify(value)} must be ${expected}`),
  );

test('two versions of one name among the pins are a mistake of the caller, in any spelling that is one place', () => {
  expect(() => read({ 'native@1.0.0': hash, 'native@1.0.1': hash })).toThrow(
    /"native@1.0.1" must be pinned in one/,
  );
  expect(() => read({ 'native@1.0.0': hash, 'Native@1.0.0': hash })).toThrow(/one version/);
  expect(() => read({ 'some-thing@1.0': python, 'Some.Thing@1.1': python })).toThrow(/one version/);
  expect(read({ 'native@1.0.0': hash, 'native@1.0': python })).toMatchObject({ name: 'native' });
});
