import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { defaultLimits } from '#src/staging/limits.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { smallDisk } from '../../support/faults/small-disk.ts';
import { fetchWorld, filesBelow, nativePackage, pinOf } from '../../support/natives/fetching.ts';
import { codeOf } from '../staging/staging-world.ts';

test('a registry that is down, knows nothing, or goes silent says so with its own code', async () => {
  const limits = { ...defaultLimits, retries: 0, retryDelayMs: 1, idleMs: 300 };
  const world = await fetchWorld({ options: { limits } });
  const native = nativePackage('native');
  expect(await codeOf(world.fetch([pinOf(native)]))).toBe('REGISTRY_REFUSED');
  world.registry.publish(native);
  world.registry.fault({ times: 1 }, { kind: 'reset' });
  expect(await codeOf(world.fetch([pinOf(native)]))).toBe('REGISTRY_UNREACHABLE');
  world.registry.fault({ path: 'tarball', times: 1 }, { kind: 'hang' });
  expect(await codeOf(world.fetch([pinOf(native)]))).toBe('REGISTRY_UNREACHABLE');
  const drained = fetchWorld({ options: { limits: { ...limits, idleMs: 10_000, downloadMs: 300 } } });
  const slow = await drained;
  slow.registry.publish(native);
  slow.registry.fault({ path: 'tarball' }, { kind: 'drip', bytesPerTick: 1, ms: 20 });
  expect(await codeOf(slow.fetch([pinOf(native)]))).toBe('DOWNLOAD_STALLED');
});

test('an abort in the middle of an archive settles with its reason, and nothing is written any more', async () => {
  const world = await fetchWorld();
  const native = nativePackage('native');
  world.registry.publish(native);
  world.registry.fault({ path: 'tarball' }, { kind: 'drip', bytesPerTick: 8, ms: 5 });
  const abort = new AbortController();
  const reason = new Error('enough');
  const failed = await world
    .fetch([pinOf(native)], {
      signal: abort.signal,
      report: ({ bytes }) => {
        if (bytes > 0) abort.abort(reason);
      },
    })
    .catch((error: unknown) => error);
  expect(failed).toBe(reason);
  const sizes = (): readonly number[] =>
    filesBelow(world.root).map(file => statSync(path.join(world.root, file)).size);
  const before = sizes();
  await world.registry.close().catch(() => undefined);
  expect(before).toEqual([expect.any(Number)]);
  expect(before[0]).toBeLessThan(native.tarball.length);
  expect(sizes()).toEqual(before);
  expect(filesBelow(world.tree)).toEqual([]);
});

test('P-07: a disk that is too small is told before the first archive is asked for', async () => {
  const disk = smallDisk(4096);
  if (disk === null) return;
  const world = await fetchWorld();
  const native = nativePackage('native');
  world.registry.publish(native);
  const folder = path.join(disk, 'attempt');
  mkdirSync(folder);
  const request = { ...world.request([pinOf(native)]), folder, tree: path.join(folder, 'tree') };
  const never = new AbortController().signal;
  expect(await codeOf(world.effects.fetchNatives(request, never, () => undefined))).toBe('DISK_FULL');
  expect(world.registry.requests.map(({ subject }) => subject)).not.toContain('tarball');
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['ENOSPC', /package\.tgz$/, 'DISK_FULL'],
  ['ENOSPC', /node_modules.native.index\.js$/, 'DISK_FULL'],
  ['EACCES', /node_modules.native.package\.json$/, 'DISK_DENIED'],
] as const)('P-07: %s at %s is the fault of the disk', async (errno, place, code) => {
  const { fs, failAt, met } = faultyFileSystem();
  const world = await fetchWorld({ fs });
  const native = nativePackage('native');
  world.registry.publish(native);
  failAt(({ call, path: file }) => call === 'write' && place.test(file), errno);
  expect(await codeOf(world.fetch([pinOf(native)]))).toBe(code);
  expect(met()).toBe(true);
});

/** A disk that gives back an archive with some bytes lost. */
const damagedArchives: FileSystem = {
  ...nodeFileSystem,
  createReadStream: (file, options) => {
    const bytes = readFileSync(String(file));
    bytes.fill(0, 20, 40);
    writeFileSync(String(file), bytes);
    return nodeFileSystem.createReadStream(file, options);
  },
};

test('P-26: an archive that has been damaged on disk since its download is not held against the package', async () => {
  const world = await fetchWorld({ fs: damagedArchives });
  const native = nativePackage('native');
  world.registry.publish(native);
  await expect(world.fetch([pinOf(native)])).rejects.toMatchObject({
    code: 'INTEGRITY_MISMATCH',
    message: 'the tarball of native@1.0.0 has changed since its download',
  });
});

const killed = `
const [, effects, request, registry, store] = process.argv;
const { stagingInProcess } = await import(effects);
const { defaultLimits } = await import(new URL('limits.js', effects));
const options = { package: 'app', channel: 'latest', registry, store, bundledVersion: null, natives: [], exec: process.execPath, execFacts: null, abi: '', shellVersion: '', limits: defaultLimits };
await stagingInProcess(options).fetchNatives(JSON.parse(request), new AbortController().signal, () => {});
`;

test('P-01: a process that is killed in the middle leaves nothing outside of the folder of its attempt', async () => {
  const world = await fetchWorld();
  const packages = [nativePackage('native'), nativePackage('native-helper')];
  for (const each of packages) world.registry.publish(each);
  world.registry.fault({ path: /helper.*tgz/ }, { kind: 'hang' });
  const home = path.join(world.root, 'home');
  mkdirSync(home);
  const places = Object.fromEntries(
    ['HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP', 'XDG_CACHE_HOME', 'LOCALAPPDATA'].map(name => [
      name,
      home,
    ]),
  );
  const effects = pathToFileURL(path.resolve('dist/src/staging/effects.js')).href;
  const args = [effects, JSON.stringify(world.request(packages.map(pinOf))), world.registry.url];
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', killed, ...args, path.join(world.root, 'store')],
    { env: { ...process.env, ...places }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  await vi.waitFor(() => expect(world.asked().some(url => /helper.*tgz/.test(url))).toBe(true), {
    timeout: 30_000,
    interval: 5,
  });
  child.kill('SIGKILL');
  await exited;
  expect(filesBelow(world.root).every(file => file.startsWith('attempt/'))).toBe(true);
  expect(filesBelow(world.tree)).toHaveLength(3);
});
