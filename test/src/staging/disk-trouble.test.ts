import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { failureOf } from '#machines/failure.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { faultyFileSystem, makePackage } from '#src/testing/index.js';
import { codeOf, freshFolder, newWorld, packageName, runtime } from './staging-world.ts';

const errno = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

/** A file system whose synchronous calls of one name fail from the n-th on. */
const failing = (call: 'writeSync' | 'openSync' | 'mkdirSync', from: number, code: string): FileSystem => {
  let count = 0;
  const faulty = (...input: readonly unknown[]): unknown => {
    count += 1;
    if (count >= from) throw errno(code);
    return Reflect.apply(nodeFileSystem[call], nodeFileSystem, input);
  };
  return { ...nodeFileSystem, [call]: faulty };
};

test.each([
  { call: 'writeSync', from: 1, code: 'ENOSPC', failure: 'DISK_FULL' },
  { call: 'writeSync', from: 3, code: 'ENOSPC', failure: 'DISK_FULL' },
  { call: 'writeSync', from: 3, code: 'EDQUOT', failure: 'DISK_FULL' },
  { call: 'openSync', from: 3, code: 'EMFILE', failure: 'STORE_UNREADABLE' },
  { call: 'mkdirSync', from: 1, code: 'EROFS', failure: 'DISK_DENIED' },
] as const)('P-07: $code at $call number $from is the fault of the disk and changes nothing', async each => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  world.registry.publish(runtime('1.2.0'));
  const before = world.launchable();
  const faulty = world.with({}, failing(each.call, each.from, each.code));
  expect(await codeOf(faulty.stage())).toBe(each.failure);
  expect(world.launchable()).toEqual(before);
  expect(world.partials()).toEqual([]);
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test.each([
  { errno: 'EIO', path: /tree.package\.json$/ },
  { errno: 'EMFILE', path: /tree.package\.json$/ },
  { errno: 'EACCES', path: /tree.cli\.js$/ },
])(
  'P-26: $errno while the unpacked package is looked at is held against the disk, not the package',
  async each => {
    const world = await newWorld();
    world.registry.publish(runtime('1.1.0'));
    const { fs, failAt, met } = faultyFileSystem();
    failAt(
      ({ call, path: place }) => call !== 'open' && call !== 'fsync' && each.path.test(place),
      each.errno,
    );
    const failed = await world
      .with({}, fs)
      .stage()
      .then(
        () => null,
        (error: unknown) => failureOf(error),
      );
    expect(met()).toBe(true);
    expect(failed?.blame).toBe('disk');
    expect(readBadVersions(nodeFileSystem, world.layout)).toEqual([]);
    expect(await world.check()).toMatchObject({ kind: 'available' });
  },
);

test('P-08: a write that only claims to have written is found by comparing with the list of the tarball', async () => {
  const world = await newWorld();
  const short: FileSystem = {
    ...nodeFileSystem,
    writeSync: ((descriptor: number, chunk: Uint8Array, at: number) =>
      chunk.byteLength === 5
        ? 5
        : nodeFileSystem.writeSync(descriptor, chunk, at)) as FileSystem['writeSync'],
  };
  const files = { 'cli.js': '', 'five.txt': '12345' };
  world.registry.publish(
    makePackage({ name: packageName, version: '1.1.0', files, manifest: { bin: 'cli.js' } }),
  );
  const before = world.launchable();
  expect(await codeOf(world.with({}, short).stage())).toBe('TREE_DAMAGED');
  expect(world.launchable()).toEqual(before);
});

test('P-07: too little free space is noticed before anything is downloaded', async () => {
  const world = await newWorld();
  world.registry.publish({ ...runtime('1.1.0'), unpackedSize: 1e9 });
  const full: FileSystem = {
    ...nodeFileSystem,
    promises: {
      ...nodeFileSystem.promises,
      statfs: (async () => ({ bavail: 10, bsize: 4096 })) as unknown as FileSystem['promises']['statfs'],
    },
  };
  expect(await codeOf(world.with({}, full).stage())).toBe('DISK_FULL');
  expect(world.registry.requests.some(({ subject }) => subject === 'tarball')).toBe(false);
});

test('P-14: a store path that is a file is a typed failure', async () => {
  const file = path.join(freshFolder(), 'store');
  writeFileSync(file, '');
  const world = await newWorld({ store: file });
  world.registry.publish(runtime('1.1.0'));
  expect(['STORE_UNREADABLE', 'DISK_DENIED']).toContain(await codeOf(world.stage()));
});

test("P-14: a store on a read-only file system is the disk's fault, and the registry is not even asked", async () => {
  const readOnly: FileSystem = {
    ...nodeFileSystem,
    accessSync: () => {
      throw errno('EROFS');
    },
  };
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  expect(await codeOf(world.with({}, readOnly).stage())).toBe('DISK_DENIED');
  expect(world.registry.requests).toEqual([]);
});

/** Root may write everywhere, and Windows has no such mode. */
const noRights = process.platform !== 'win32' && process.getuid?.() !== 0;
if (!noRights)
  console.log('skipped: "P-14: a store without rights", which needs a user other than root on POSIX');

test.runIf(noRights)('P-14: a store without rights is a typed failure', async () => {
  const root = path.join(freshFolder(), 'store');
  mkdirSync(root);
  chmodSync(root, 0o555);
  const world = await newWorld({ store: root });
  world.registry.publish(runtime('1.1.0'));
  expect(await codeOf(world.stage())).toBe('DISK_DENIED');
  chmodSync(root, 0o755);
});
