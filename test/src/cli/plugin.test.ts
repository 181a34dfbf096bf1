import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { coreLockName } from '#src/core-lock/place.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { PackageSource } from '#src/testing/packages.js';
import { fittingFile } from '../../support/natives/cross-files.ts';
import { electronAnswer, fakeRuntime, saying } from '../../support/natives/fake-runtime.ts';
import { lockOf } from '../../support/plugins/installation.ts';
import { json } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

let world: World;

const locked = (...names: readonly string[]): void =>
  writeFileSync(path.join(world.bundled, coreLockName), serializeLock(lockOf(...names)));

beforeEach(async () => {
  world = await makeWorld();
  world.bundle(program('1.0.0'));
  locked('react@18.3.1');
});
afterEach(() => world.close());

const plugin = (name: string, version: string, manifest: PackageSource['manifest'] = {}): PackageSource => ({
  ...{ name, version, manifest, files: { 'index.js': `exports.name = '${name}';\n` } },
});

test('K-05: a plugin is added, listed, checked and removed, and each says what it did', async () => {
  world.publish(plugin('helper', '1.2.0'));
  const wants = { dependencies: { helper: '^1.0.0' }, peerDependencies: { react: '>=17' } };
  world.publish(plugin('chart', '2.0.0', wants));
  const added = await world.run('plugin', 'add', 'chart@^2');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).toBe(
    'chart 2.0.0 is installed; the runtime finds it with its next launch.\nThe runtime gives it react 18.3.1.\n',
  );
  expect((await world.run('plugin', 'add', 'chart@^2')).stdout).toBe('chart 2.0.0 is installed already.\n');
  const listed = await world.run('plugin', 'list');
  expect(listed.stdout).toBe(
    'chart  2.0.0  asked for as ^2\n       brings 1 package\n       given by the runtime: react\n',
  );
  expect(json(await world.run('plugin', 'list', '--json'))).toMatchObject({
    ...{ outcome: 'ok', damaged: [] },
    plugins: [
      { ecosystem: 'npm', name: 'chart', version: '2.0.0', packages: [{ name: 'helper', version: '1.2.0' }] },
    ],
  });
  expect(await world.run('plugin', 'check')).toMatchObject({
    ...{ code: 0, stdout: 'chart  2.0.0  ok\nHeld against the lock of 1.0.0.\n' },
  });
  expect((await world.run('status')).stdout).toMatch(/^plugins +chart 2\.0\.0$/m);
  expect((await world.run('doctor')).stdout).toMatch(
    /^plugin:chart +ok {2}2\.0\.0 is whole and goes with 1\.0\.0$/m,
  );
  expect(await world.run('plugin', 'remove', 'chart')).toMatchObject({
    code: 0,
    stdout: 'chart 2.0.0 is removed.\n',
  });
  expect(await world.run('plugin', 'remove', 'chart')).toMatchObject({
    code: 0,
    stdout: 'chart is not installed.\n',
  });
  expect((await world.run('plugin', 'list')).stdout).toBe('No plugin is installed.\n');
});

test('P-34: what is compiled for another executable is told by add, list, check and doctor, with the way out', async () => {
  const other = fakeRuntime('node', saying(electronAnswer)).exec;
  const file = `prebuilds/${process.platform}-${process.arch}/node.abi${process.versions.modules}.node`;
  const files = { 'index.js': '', [file]: readFileSync(fittingFile()) };
  world.publish({ name: 'fast', version: '1.0.0', files });
  expect((await world.run('plugin', 'add', 'fast')).stdout).toBe(
    'fast 1.0.0 is installed; the runtime finds it with its next launch.\n',
  );
  const { tag } = ownAbi();
  expect((await world.run('plugin', 'list')).stdout).toBe(`fast  1.0.0\n      compiled for ${tag}\n`);
  const why = `it has nothing for darwin-arm64-electron136 in node_modules/fast (${process.platform}-${process.arch}), and was resolved for ${tag}`;
  const way =
    'dd the plugin again with --exec FILE, the executable of the runtime; if that stays, name another version of it';
  expect((await world.run('plugin', 'list', '--exec', other)).stdout).toContain(
    `misbuilt: ${why}: a${way}\n`,
  );
  const checked = await world.run('plugin', 'check', '--exec', other);
  expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining(`misbuilt  ${why}: a${way}\n`) });
  const doctor = (await world.run('doctor', '--exec', other)).stdout;
  expect(doctor).toContain(why);
  expect(doctor).toContain(`A${way}.`);
  expect((await world.run('plugin', 'add', 'fast', '--exec', other)).stdout).toContain(
    'Nothing in it is compiled for the executable (--exec): node_modules/fast. What needs that will fail.\n',
  );
});

test('K-07: plugins of a runtime without a core lock are told by list and status', async () => {
  world.publish(plugin('chart', '1.0.0'));
  await world.run('plugin', 'add', 'chart');
  rmSync(path.join(world.bundled, coreLockName));
  const text =
    'unguarded: 1.0.0 has no core lock, so plugins may bring copies of what belongs to it; update the runtime, or bundle it anew\n';
  expect((await world.run('plugin', 'list')).stdout).toBe(`chart  1.0.0\n${text}`);
  expect((await world.run('status')).stdout).toContain(text);
});

test('K-05: a refusal names plugin, package, both versions, who asked and the way out; nothing is left behind', async () => {
  world.publish(plugin('chart-core', '3.1.0', { peerDependencies: { react: '^19' } }));
  world.publish(plugin('newer-plugin', '2.0.0', { dependencies: { 'chart-core': '^3' } }));
  const text = await world.run('plugin', 'add', 'newer-plugin');
  expect(text).toMatchObject({ code: 1, stderr: '' });
  expect(text.stdout).toBe(
    'newer-plugin 2.0.0 is refused, it does not go with the runtime 1.0.0:\n' +
      '  newer-plugin@2.0.0 needs react ^19 (through chart-core@3.1.0), the runtime has react 18.3.1: update the runtime, or add a version of the plugin that takes react 18.3.1\n',
  );
  const { code, stdout } = await world.run('plugin', 'add', 'newer-plugin', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'problems',
    plugins: [
      {
        ...{ outcome: 'refused', ecosystem: 'npm', name: 'newer-plugin', version: '2.0.0', runtime: '1.0.0' },
        conflicts: [{ reason: 'version', name: 'react', range: '^19', locked: '18.3.1' }],
      },
    ],
  });
  expect(existsSync(world.store)).toBe(false);
});

test('K-05: several are added one after the other, also after one that fails', async () => {
  world.publish(plugin('one', '1.0.0'));
  world.publish(plugin('two', '1.0.0'));
  const { code, stdout, stderr } = await world.run('plugin', 'add', 'one', 'none', 'react', 'two');
  expect(code).toBe(1);
  expect(stdout.match(/^(?:one|two) 1\.0\.0 is installed/gm)).toHaveLength(2);
  expect(stderr).toMatch(/^stagedoor: \w+: .*none/m);
  expect(stderr).toContain("stagedoor: PACKAGE_INVALID: react can't be a plugin");
  const both = await world.run('plugin', 'add', 'one', 'none', '--json');
  expect(json(both)).toMatchObject({
    outcome: 'problems',
    plugins: [
      { outcome: 'present', name: 'one' },
      { outcome: 'failed', name: 'none', error: { code: expect.any(String), hint: expect.any(String) } },
    ],
  });
});

test('K-05: an update of the runtime shows in check and doctor which plugins do not go with it', async () => {
  world.publish(plugin('chart', '1.0.0', { peerDependencies: { react: '^18' } }));
  await world.run('plugin', 'add', 'chart');
  locked('react@19.1.0');
  const checked = await world.run('plugin', 'check');
  const conflict = 'chart@1.0.0 needs react ^18, the runtime has react 19.1.0';
  const advice = 'update the runtime, or add a version of the plugin that takes react 19.1.0';
  expect(checked).toMatchObject({ code: 1, stderr: '' });
  expect(checked.stdout).toContain(`chart  1.0.0  conflict  ${conflict}: ${advice}\n`);
  const doctor = await world.run('doctor', '--json');
  expect(json(doctor)).toMatchObject({
    checks: expect.arrayContaining([
      {
        ...{ id: 'plugin:chart', ok: false, severity: 'error', detail: conflict },
        hint: `Update${advice.slice(6)}.`,
      },
    ]),
  });
});

test('K-07: without a lock nothing is installed, and the way to one is said; another one can be named', async () => {
  world.publish(plugin('chart', '1.0.0', { peerDependencies: { react: '^19' } }));
  rmSync(path.join(world.bundled, coreLockName));
  const { code, stderr } = await world.run('plugin', 'add', 'chart');
  expect(code).toBe(1);
  expect(stderr).toContain('stagedoor: BUNDLED_INVALID: the runtime 1.0.0 has no core lock');
  expect(stderr).toContain('--lock FILE');
  const file = path.join(world.dir, 'lock.json');
  writeFileSync(file, serializeLock(lockOf('react@19.1.0')));
  expect(await world.run('plugin', 'add', 'chart', '--lock', 'lock.json')).toMatchObject({ code: 0 });
  const doctor = await world.run('doctor');
  expect(doctor.stdout).toContain('nobody can tell whether they fit: the runtime 1.0.0 has no core lock');
});

test('P-13: gc removes what a crash and a runtime that has ended left of plugins', async () => {
  world.publish(plugin('chart', '1.0.0'));
  await world.run('plugin', 'add', 'chart');
  const [{ layout, stamp } = { layout: null, stamp: '' }] = installedPlugins(
    nodeFileSystem,
    world.store,
  ).plugins;
  if (layout === null) throw new Error('nothing is installed');
  const left = `${layout.versions}/0.0.1-pleft`;
  nodeFileSystem.cpSync(layout.version(stamp), left, { recursive: true });
  nodeFileSystem.mkdirSync(`${layout.versions}/0.0.2.partial/4194303-1-0-aabbccddeeff`, { recursive: true });
  expect(json(await world.run('gc', '--json'))).toMatchObject({
    plugins: {
      ...{ removed: ['plugins/npm/chart/versions/0.0.1-pleft'], inUse: [] },
      swept: ['plugins/npm/chart/versions/0.0.2.partial/4194303-1-0-aabbccddeeff'],
    },
  });
  expect(readdirSync(layout.versions)).toEqual([stamp]);
  expect((await world.run('plugin', 'check')).code).toBe(0);
});

/** Elsewhere a program can't be asked to end by a signal, only ended. */
test.runIf(process.platform !== 'win32')(
  'K-05: Ctrl+C in a download leaves nothing behind, names what was added before, and 130 is the exit code',
  async () => {
    world.publish(plugin('first', '1.0.0'));
    world.publish(plugin('second', '1.0.0'));
    const isSecond = ({ url }: { readonly url: string }): boolean => /second.*tgz$/.test(url);
    world.registry.fault({ path: /second.*tgz$/ }, { kind: 'hang' });
    const child = world.start('plugin', 'add', 'first', 'second', '--json');
    let stdout = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    await vi.waitUntil(() => world.registry.requests.some(isSecond), { timeout: 30_000, interval: 20 });
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ outcome: 'cancelled', plugins: [{ outcome: 'installed', name: 'first' }] },
    });
    expect(existsSync(path.join(world.store, 'plugins/npm/second'))).toBe(false);
  },
);

const wrong: readonly (readonly [args: readonly string[], says: string])[] = [
  [[], 'action'],
  [['install', 'chart'], '"install" is nothing that plugin does'],
  [['add'], 'a plugin is missing'],
  [['add', '../chart'], '"../chart" names no plugin'],
  [['add', 'chart@file:../x'], 'names no plugin'],
  [['add', '--python', 'chart @ https://a/b'], 'names no plugin'],
  [['remove', 'chart@1'], '"chart@1" names no plugin'],
  [['remove', 'chart@1'], 'It is NAME of npm or python:NAME, without a version.'],
  [['add', 'nul'], '"nul" names no plugin'],
  [['list', 'chart'], 'plugin list takes no names'],
  [['check', 'chart'], 'plugin check takes no names'],
];

test('K-05: wrong usage is told with what would be right, and ends with 2', async () => {
  for (const [args, says] of wrong) {
    const { code, stderr } = await world.run('plugin', ...args);
    expect(code, args.join(' ')).toBe(2);
    expect(stderr, args.join(' ')).toContain(says);
  }
});

test('K-03: a plugin of Python without a Python is told so, with the executable', async () => {
  const absent = path.join(world.dir, 'no-python');
  for (const [args, says] of [
    [[], `${process.execPath} is a Node`],
    [['--exec', absent], `${absent} does not say that it is a Python`],
  ] as const) {
    const { code, stderr } = await world.run('plugin', 'add', 'python:six', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toContain("Name the runtime's Python: --exec FILE.");
  }
});
