import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readLock } from '#src/core-lock/lock-file.js';
import { coreLockName } from '#src/core-lock/place.js';
import { stagingInProcess } from '#src/staging/effects.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { type FileSystem, nodeFileSystem as fs } from '#src/store/file-system.js';
import { checkTree } from '#src/store/tree-check.js';
import { readTreeList, serializeTreeList, treeDigest } from '#src/store/tree-list.js';
import { makePackage, type PackedPackage } from '#src/testing/index.js';
import {
  codeOf,
  freshFolder,
  newWorld,
  packageName,
  releaseOf,
  runtime,
  scratchOf,
} from './staging-world.ts';

const silent = (): void => undefined;
const never = new AbortController().signal;

type Content = Readonly<Record<string, string | object>>;

/** A runtime with packages in its `node_modules`, and what its own manifest says besides. */
const runtimeWith = (files: Content, manifest: Readonly<Record<string, unknown>> = {}): PackedPackage =>
  makePackage({
    name: packageName,
    version: '1.1.0',
    files: {
      'cli.js': '',
      ...Object.fromEntries(
        Object.entries(files).map(([name, text]) => [
          name,
          typeof text === 'string' ? text : JSON.stringify(text),
        ]),
      ),
    },
    manifest: { bin: 'cli.js', ...manifest },
  });

const nativeIn = (manifest: string): { readonly name: string; readonly dir: string } => {
  const dir = path.join(freshFolder(), 'native');
  mkdirSync(dir);
  writeFileSync(path.join(dir, 'package.json'), manifest);
  writeFileSync(path.join(dir, 'addon.node'), 'machine code');
  return { name: 'native', dir };
};

test('K-01: a staged version holds its lock, natives included, and no place of this machine', async () => {
  const native = nativeIn('{"name":"native","version":"2.0.0"}');
  const world = await newWorld({ natives: [native] });
  world.registry.publish(
    runtimeWith({ 'node_modules/dep/package.json': { name: 'dep', version: '3.0.0', exports: './x.js' } }),
  );
  await world.stage();
  const dir = world.layout.version('1.1.0');
  const { packages } = readLock(fs, path.join(dir, coreLockName));
  expect(packages.map(({ name, version, place }) => [name, version, place])).toEqual([
    [packageName, '1.1.0', '.'],
    ['dep', '3.0.0', 'node_modules/dep'],
    ['native', '2.0.0', 'node_modules/native'],
  ]);
  const text = readFileSync(path.join(dir, coreLockName), 'utf8');
  for (const place of [world.root, native.dir]) expect(text).not.toContain(place);
});

test('P-09: the lock of a version is in its tree list, and one that is changed or gone is damage', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  const { tree } = await world.stage();
  const dir = world.layout.version('1.1.0');
  expect(readTreeList(fs, dir)?.list.files.map(file => file.path)).toContain(coreLockName);
  const whole = { expectedTree: tree, depth: 'full' } as const;
  expect(await checkTree(fs, dir, whole)).toMatchObject({ ok: true });
  const place = path.join(dir, coreLockName);
  const text = readFileSync(place, 'utf8');
  writeFileSync(place, text.replace('"1.1.0"', '"9.1.0"'));
  expect(await checkTree(fs, dir, whole)).toMatchObject({ ok: false, path: coreLockName });
  rmSync(place);
  const launch = { ...whole, depth: 'launch' } as const;
  expect(await checkTree(fs, dir, launch)).toMatchObject({ ok: false, path: coreLockName });
});

test('U-04: a version that was staged without a lock stays what it is', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const dir = world.layout.version('1.1.0');
  const list = readTreeList(fs, dir)?.list;
  if (list === undefined) throw new Error('nothing was staged');
  rmSync(path.join(dir, coreLockName));
  const text = serializeTreeList({ ...list, files: list.files.filter(file => file.path !== coreLockName) });
  writeFileSync(world.layout.treeList('1.1.0'), text);
  const pointer = JSON.parse(readFileSync(world.layout.current, 'utf8')) as object;
  writeFileSync(world.layout.current, JSON.stringify({ ...pointer, tree: treeDigest(text) }));
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('K-01: packages that a runtime says are joined into its files are locked', async () => {
  const world = await newWorld();
  const joined = [{ name: 'zod', version: '4.0.0' }];
  const manifest = { stagedoor: { joined: './meta/joined.json' } };
  world.registry.publish(runtimeWith({ 'meta/joined.json': joined }, manifest));
  await world.stage();
  const { packages } = readLock(fs, path.join(world.layout.version('1.1.0'), coreLockName));
  expect(packages).toContainEqual({
    ...{ ecosystem: 'npm', name: 'zod', version: '4.0.0', integrity: null, place: null },
    modules: ['zod'],
  });
});

const exportsOf = (amount: number) =>
  Object.fromEntries(Array.from({ length: amount }, (_, index) => [`./${index}`, './x.js']));

test.each([
  [
    'more modules than a lock holds',
    'PACKAGE_UNSAFE',
    { files: {}, manifest: { exports: exportsOf(20_001) } },
  ],
  [
    'a list outside of it',
    'PACKAGE_INVALID',
    { files: {}, manifest: { stagedoor: { joined: '../x.json' } } },
  ],
  ['a list anywhere', 'PACKAGE_INVALID', { files: {}, manifest: { stagedoor: { joined: '/etc/passwd' } } }],
  ['a list that is none', 'PACKAGE_INVALID', { files: {}, manifest: { stagedoor: { joined: { a: 1 } } } }],
  ['a list that is missing', 'PACKAGE_INVALID', { files: {}, manifest: { stagedoor: { joined: 'j.json' } } }],
  [
    'a list of nothing that is known',
    'PACKAGE_INVALID',
    { files: { 'j.json': [{ name: '../a', version: '1' }] }, manifest: { stagedoor: { joined: 'j.json' } } },
  ],
  [
    'a metafile, whose packages are not there',
    'PACKAGE_INVALID',
    { files: { 'j.json': { inputs: {}, outputs: {} } }, manifest: { stagedoor: { joined: 'j.json' } } },
  ],
  [
    'a record of npm that is none',
    'PACKAGE_INVALID',
    { files: { 'node_modules/.package-lock.json': '{' }, manifest: {} },
  ],
] as const)(
  'P-21: a package with %s is refused, remembered by its integrity, and leaves the store as it was',
  async (_, code, { files, manifest }) => {
    const world = await newWorld();
    const before = world.launchable();
    world.registry.publish(runtimeWith(files, manifest));
    expect(await codeOf(world.stage())).toBe(code);
    expect({ ...(world.launchable() as object), pointer: null }).toEqual(before);
    expect(world.partials()).toEqual([]);
    expect(await world.check()).toMatchObject({ kind: 'badVersion', mark: { cause: code } });
  },
);

test('P-26: a native dependency that can not be locked is not held against the package', async () => {
  const manifest = { name: 'native', version: '1.0.0', exports: exportsOf(20_001) };
  const world = await newWorld({ natives: [nativeIn(JSON.stringify(manifest))] });
  world.registry.publish(runtime('1.1.0'));
  expect(await codeOf(world.stage())).toBe('NATIVE_SOURCE_MISSING');
  expect(readBadVersions(fs, world.layout)).toEqual([]);
});

test('P-26: bytes that the disk has changed since they were unpacked make no lock and blame nobody', async () => {
  const world = await newWorld();
  world.registry.publish(runtimeWith({ 'node_modules/dep/package.json': { name: 'dep', version: '3.0.0' } }));
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  const manifest = path.join(world.layout.partialTree(input.scratch), 'node_modules/dep/package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"dep"', '"dup"'));
  expect(await codeOf(world.effects.verify(input, never, silent))).toBe('TREE_DAMAGED');
  expect(readBadVersions(fs, world.layout)).toEqual([]);
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

/** A disk that says that it wrote the lock, and wrote a byte of it. */
const lying = (): FileSystem => {
  const locks = new Set<number>();
  const openSync = (...input: Parameters<typeof fs.openSync>): number => {
    const descriptor = fs.openSync(...input);
    if (String(input[0]).endsWith(coreLockName)) locks.add(descriptor);
    else locks.delete(descriptor);
    return descriptor;
  };
  const writeSync = (descriptor: number, bytes: Uint8Array, at: number): number => {
    if (!locks.has(descriptor)) return fs.writeSync(descriptor, bytes, at);
    fs.writeSync(descriptor, bytes.subarray(0, 1));
    return bytes.length - at;
  };
  return { ...fs, openSync, writeSync } as FileSystem;
};

test('P-08: a lock that was not written whole is never accepted', async () => {
  const world = await newWorld({}, options => stagingInProcess(options, lying()));
  world.registry.publish(runtime('1.1.0'));
  expect(await codeOf(world.stage())).toBe('TREE_DAMAGED');
});
