import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLauncher as joinedLauncher } from 'stagedoor/launcher';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PluginDemand } from '#machines/contract.js';
import { writeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { createPlugins } from '#src/index.js';
import { createLauncher, type Launcher } from '#src/launcher.js';
import { childOrders } from '#src/launching/child-orders.js';
import { launchSetup } from '#src/launching/setup.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { probeAbi, recallAbi } from '#src/natives/probe.js';
import type { StagedoorOptions } from '#src/options.js';
import { pluginFolder, pluginLayout, pluginRecordName } from '#src/plugins/place.js';
import { readAttempts } from '#src/store/attempts.js';
import { readJournal } from '#src/store/journal.js';
import { type Layout, treeListName } from '#src/store/layout.js';
import { liveLeases } from '#src/store/lease.js';
import { commitPointer } from '#src/store/pointer.js';
import { readStatus } from '#src/upkeep/status.js';
import { type AppWorld, app, fs, newWorld, stage, until } from '../../support/app-world.ts';
import { writeFiles } from '../../support/core-lock/guarded-world.ts';
import { fittingFile, misfittingFile } from '../../support/natives/cross-files.ts';
import { writeTreeList } from '../../support/plugins/tree-list.ts';

/** Says what it was told and what its plugin finds, and stays. */
const entry = `
const { createRequire } = require('node:module');
const { STAGEDOOR_PLUGINS: plugins, STAGEDOOR_CORE_LOCK_PATH: lock, STAGEDOOR_CORE_LOCK: guarded, STAGEDOOR_IDENTITY: identity } = process.env;
const { npm = {} } = JSON.parse(plugins ?? '{}');
const marks = Object.values(npm).map(folder => require(folder));
process.stdout.write('TOLD ' + JSON.stringify({ plugins, lock, guarded, marks, options: process.execArgv.length }) + '\\nREADY\\n');
setInterval(() => undefined, 1000);
process.on('disconnect', () => process.exit(0));
`;
const modules = {
  'node_modules/core/package.json': '{"name":"core","version":"1.0.0"}',
  'node_modules/core/index.js': 'module.exports = "runtime";',
};
const source = { manifest: { type: 'commonjs' }, files: { 'cli.js': entry, ...modules } };

const lock = (dir: string): Promise<void> =>
  writeLock(fs, path.join(dir, coreLockName), lockOf(fs, { dir, metafile: null }, () => []).lock);

/** As an installation leaves it, with a copy of its own besides, which an installation would not have left. */
const installPlugin = async (
  { layout }: AppWorld,
  {
    stamp = '0.1.0-one',
    name = 'chart',
    demands = [],
    compiled,
  }: {
    stamp?: string;
    name?: string;
    demands?: readonly PluginDemand[];
    /** For which ABI, and the file. */
    compiled?: { readonly abi: string | null; readonly file: string };
  } = {},
): Promise<{ layout: Layout; folder: string }> => {
  const own = pluginLayout(layout.root, 'npm', name);
  const tree = own.version(stamp);
  const folder = pluginFolder(tree, 'npm', name);
  writeFiles(tree, {
    [`node_modules/${name}/package.json`]: { name, version: '1.0.0' },
    [`node_modules/${name}/index.js`]: 'module.exports = require("core");',
    'node_modules/core/package.json': { name: 'core', version: '2.0.0' },
    'node_modules/core/index.js': 'module.exports = "own";',
    [pluginRecordName]: {
      ...(compiled === undefined ? {} : { compiled: { abi: compiled.abi, unfit: [] } }),
      ...{ schema: 1, stagedoor: '0.1.0', version: '1.0.0', demands, stripped: [] },
      wish: { ecosystem: 'npm', name, spec: null },
      packages: [{ name, version: '1.0.0', integrity: 'sha512-x', place: `node_modules/${name}` }],
    },
  });
  if (compiled !== undefined) copyFileSync(compiled.file, path.join(folder, 'addon.node'));
  await commitPointer(fs, own, { version: stamp, tree: writeTreeList(tree, name, stamp) });
  return { layout: own, folder };
};

type Told = { plugins?: string; lock?: string; guarded?: string; marks: string[]; options: number };

const launch = async (
  world: AppWorld,
  options: Partial<StagedoorOptions> = {},
  create: typeof createLauncher = createLauncher,
) => {
  const launcher = create({ ...world.options, probe: 'stdout:READY', ...options });
  onTestFinished(() => launcher.stop());
  let output = '';
  launcher.on('runtime:output', ({ chunk }) => {
    output += chunk.toString();
  });
  const started = await launcher.start();
  const [, text = '{}'] = /^TOLD (.*)$/m.exec(output) ?? [];
  return { launcher, started, told: JSON.parse(text) as Told };
};

const lockedWorld = async (): Promise<AppWorld> => {
  const world = newWorld(source);
  await lock(world.bundled);
  return world;
};

test('K-04: the lock of the version that is started is handed over, the bundled one’s and, also after a rollback, each staged one’s', async () => {
  const world = await lockedWorld();
  const first = await launch(world);
  expect(first.told).toMatchObject({ lock: path.join(world.bundled, coreLockName) });
  await first.launcher.stop();
  await stage(world, '1.1.0', source);
  await lock(world.layout.version('1.1.0'));
  const second = await launch(world);
  expect(second.told).toMatchObject({ lock: path.join(world.layout.version('1.1.0'), coreLockName) });
  await second.launcher.stop();
  await stage(world, '1.2.0', { behaviour: 'dies-at-start', files: modules });
  await lock(world.layout.version('1.2.0'));
  const third = await launch(world);
  expect(third.started).toMatchObject({ version: '1.0.0' });
  expect(third.told).toMatchObject({ lock: path.join(world.bundled, coreLockName) });
});

test('K-04: without a lock none is named, and one that is named already stays', async () => {
  const world = newWorld(source);
  expect((await launch(world)).told).not.toHaveProperty('lock');
  await lock(world.bundled);
  const env = { ...process.env, STAGEDOOR_CORE_LOCK_PATH: '/somewhere/else.json' };
  expect((await launch(world, { env })).told).toMatchObject({ lock: '/somewhere/else.json' });
});

test('K-06: a runtime with plugins is told where they are and led by its lock; they get its copies', async () => {
  const world = await lockedWorld();
  const { folder } = await installPlugin(world);
  const { told } = await launch(world);
  expect(told).toMatchObject({ guarded: '1', marks: ['runtime'], options: 2 });
  expect(JSON.parse(told.plugins ?? '')).toEqual({ npm: { chart: folder }, python: {} });
});

test.each([
  ['no plugins', undefined, false, {}],
  ['no plugins, and coreLock true', true, false, { guarded: '1', options: 2 }],
  ['plugins, and coreLock false', false, true, { marks: ['own'] }],
])('K-06: with %s', async (_, coreLock, plugins, expected) => {
  const world = await lockedWorld();
  if (plugins) await installPlugin(world);
  const { told } = await launch(world, { coreLock });
  const { guarded, marks, options } = told;
  expect({ guarded, marks, options }).toEqual({ guarded: undefined, marks: [], options: 0, ...expected });
});

test('K-07: plugins of a version without a lock run as they would without us, which is told', async () => {
  const world = newWorld(source);
  expect(await readStatus(fs, world.layout, { bundledDir: world.bundled })).toMatchObject({
    unguarded: false,
  });
  await installPlugin(world);
  const { launcher, told: said } = await launch(world);
  expect(said).toMatchObject({ marks: ['own'], options: 0 });
  await launcher.stop();
  const hint = expect.stringContaining('stagedoor bundle');
  expect(told(world, 'plugin.unguarded')).toMatchObject([{ version: '1.0.0', count: 1, hint }]);
  const listed = await createPlugins(world.options).list();
  expect(listed).toMatchObject({ outcome: 'ok', unguarded: '1.0.0' });
  expect(await readStatus(fs, world.layout, { bundledDir: world.bundled })).toMatchObject({
    unguarded: true,
  });
});

test.each<readonly [string, boolean, Partial<StagedoorOptions>]>([
  ['it has a lock', true, {}],
  ['the app does without', false, { coreLock: false }],
  ['somebody has named one', false, { env: { ...process.env, STAGEDOOR_CORE_LOCK_PATH: '/else.json' } }],
])('K-07: nothing is told of that where %s', async (_, locked, options) => {
  const world = locked ? await lockedWorld() : newWorld(source);
  await installPlugin(world);
  const { launcher } = await launch(world, options);
  await launcher.stop();
  expect(told(world, 'plugin.unguarded')).toEqual([]);
  if (options.coreLock === false) return;
  const listed = await createPlugins({ ...world.options, env: options.env }).list();
  expect(listed).toMatchObject({ outcome: 'ok', unguarded: null });
});

test('K-07: a lock that is damaged is told in the journal, and the runtime starts with its plugins', async () => {
  const world = await lockedWorld();
  writeFileSync(path.join(world.bundled, coreLockName), '{');
  await installPlugin(world);
  const { launcher, started, told } = await launch(world);
  expect(started).toMatchObject({ outcome: 'running' });
  expect(told.marks).toEqual(['own']);
  await until(() => readAttempts(fs, world.layout)[0]?.state === 'ready');
  await launcher.stop();
  expect(JSON.stringify(readJournal(fs, world.layout, 100))).toMatch(
    /runtime\.notLed.*core lock can't be used/,
  );
});

const stopped = async (launcher: Launcher, own: Layout): Promise<readonly string[]> => {
  await launcher.stop();
  return [...liveLeases(fs, own)];
};

test('P-12: a plugin is leased while a child runs that was told of it', async () => {
  const world = await lockedWorld();
  const { layout: own } = await installPlugin(world);
  const { launcher } = await launch(world);
  expect([...liveLeases(fs, own)]).toEqual(['0.1.0-one']);
  expect(await stopped(launcher, own)).toEqual([]);
});

test('P-06: a plugin that is damaged, or can not be leased, keeps no runtime from starting', async () => {
  const world = await lockedWorld();
  const { layout: own } = await installPlugin(world);
  writeFileSync(own.leases, 'no folder');
  const first = await launch(world);
  expect(first.told).toMatchObject({ marks: ['runtime'] });
  await first.launcher.stop();
  rmSync(own.version('0.1.0-one'), { recursive: true });
  const second = await launch(world);
  expect(second.told).not.toHaveProperty('plugins');
  await second.launcher.stop();
  const events = readJournal(fs, world.layout, 200).map(({ event }) => event);
  expect(events).toEqual(expect.arrayContaining(['evidence.notWritten', 'plugin.damaged']));
});

const told = (world: AppWorld, name: string) =>
  readJournal(fs, world.layout, 200).filter(({ event }) => event === name);

test.each<readonly [string, (folder: string, own: Layout) => void, string]>([
  [
    'a file has other bytes',
    folder => writeFiles(folder, { 'index.js': 'module.exports = "changed";' }),
    'chart/index.js: ',
  ],
  ['a file is gone', folder => rmSync(path.join(folder, 'index.js')), 'chart/index.js: it is missing'],
  [
    'its list is another',
    (_, own) => writeFileSync(path.join(own.version('0.1.0-one'), treeListName), '{}'),
    'the tree list is missing or damaged',
  ],
])(
  'P-09: a plugin that is not what was installed is left out and told, and the runtime starts: %s',
  async (_, spoil, reason) => {
    const world = await lockedWorld();
    const { layout: own, folder } = await installPlugin(world);
    spoil(folder, own);
    const { started, told: said } = await launch(world);
    expect(started).toMatchObject({ outcome: 'running' });
    expect(said).toMatchObject({ marks: [] });
    expect(said).not.toHaveProperty('plugins');
    expect([...liveLeases(fs, own)]).toEqual([]);
    expect(told(world, 'plugin.damaged')).toMatchObject([
      { ecosystem: 'npm', name: 'chart', reason: expect.stringContaining(reason) },
    ]);
  },
);

test('K-05: a plugin that the lock of what is started does not go with is left out and told with both versions; of the next version it is again', async () => {
  const world = await lockedWorld();
  const demand = { as: 'core', name: 'core', range: '^2.0.0', chain: ['chart@1.0.0'] };
  await installPlugin(world, { demands: [demand] });
  const first = await launch(world, {}, joinedLauncher as typeof createLauncher);
  expect(first.started).toMatchObject({ outcome: 'running' });
  expect(first.told).toMatchObject({ marks: [], options: 0 });
  expect(told(world, 'plugin.conflict')).toMatchObject([
    {
      ...{ ecosystem: 'npm', name: 'chart', version: '1.0.0' },
      conflicts: [
        { name: 'core', range: '^2.0.0', locked: '1.0.0', reason: 'version', chain: ['chart@1.0.0'] },
      ],
    },
  ]);
  await first.launcher.stop();
  const files = { ...source.files, 'node_modules/core/package.json': '{"name":"core","version":"2.1.0"}' };
  await stage(world, '1.1.0', { ...source, files });
  await lock(world.layout.version('1.1.0'));
  const second = await launch(world);
  expect(second.told).toMatchObject({ marks: ['runtime'], options: 2 });
  expect(told(world, 'plugin.conflict')).toHaveLength(1);
});

test.each<readonly [string, { abi: string | null; file: string }, boolean]>([
  ['nothing fits this executable', { abi: 'some-other-node1', file: misfittingFile() }, false],
  ['nobody has said for which, and nothing fits', { abi: null, file: misfittingFile() }, false],
  ['what is there fits both', { abi: 'some-other-node1', file: fittingFile() }, true],
  ['it was installed for this very ABI', { abi: ownAbi().tag, file: misfittingFile() }, true],
])(
  'P-34: a plugin that is compiled for another executable is left out and told, and the runtime starts: %s',
  async (_, compiled, used) => {
    const world = await lockedWorld();
    const { layout: own } = await installPlugin(world, { compiled });
    const { started, told: said } = await launch(world, {}, joinedLauncher as typeof createLauncher);
    expect(started).toMatchObject({ outcome: 'running' });
    expect(said.marks).toEqual(used ? ['runtime'] : []);
    expect([...liveLeases(fs, own)]).toHaveLength(used ? 1 : 0);
    const line = {
      ...{ ecosystem: 'npm', name: 'chart', version: '1.0.0', builtFor: compiled.abi },
      ...{ abi: ownAbi().tag, hint: expect.stringContaining('--exec') },
      unfit: [{ what: 'node_modules/chart', has: [expect.any(String)] }],
    };
    expect(told(world, 'plugin.misbuilt')).toMatchObject(used ? [] : [line]);
  },
);

test('P-06: with more plugins than a variable of the environment holds the runtime starts with the first of them', async () => {
  const world = await lockedWorld();
  await installPlugin(world);
  const name = (at: number): string => `p${String(at).padStart(4, '0')}-${'x'.repeat(190)}`;
  for (let at = 0; at < 400; at += 1) await installPlugin(world, { name: name(at) });
  const { started, told: said } = await launch(world);
  expect(started).toMatchObject({ outcome: 'running' });
  const names = Object.keys((JSON.parse(said.plugins ?? '') as { npm: object }).npm);
  expect(names[0]).toBe('chart');
  expect(told(world, 'plugin.crowded')).toEqual([
    expect.objectContaining({ count: 401 - names.length, first: name(names.length - 1) }),
  ]);
});

test('the option coreLock is true, false, or not there', () => {
  const given: unknown = 'yes';
  expect(() => launchSetup({ package: app, coreLock: given as boolean })).toThrow(
    new TypeError('option "coreLock" must be true or false, got "yes"'),
  );
});

/** Another Node than the one that runs us: the same program under another name. */
const otherNode = (world: AppWorld): string => {
  const file = path.join(world.dir, 'node');
  copyFileSync(process.execPath, file);
  chmodSync(file, 0o755);
  return file;
};

describe('another executable', () => {
  test('K-06: it is asked what it is, as for natives, and led', async () => {
    const world = await lockedWorld();
    await installPlugin(world);
    const { launcher, told } = await launch(world, { exec: otherNode(world) });
    expect(told).toMatchObject({ guarded: '1', marks: ['runtime'], options: 2 });
    await until(() => readAttempts(fs, world.layout)[0]?.state === 'ready');
    expect(readAttempts(fs, world.layout)).toMatchObject([{ identity: { problem: null } }]);
    await launcher.stop();
  });

  test('N-10: nobody waits until it has said what it is: the first launch asks behind the start, the next one knows', async () => {
    const world = newWorld(source);
    const exec = otherNode(world);
    const setup = launchSetup({ ...world.options, exec });
    const subject = { natives: null, guarded: false, identity: 'a-file' };
    const asked: string[] = [];
    const probe = async (file: string) => {
      asked.push(file);
      return ownAbi();
    };
    expect(recallAbi(exec)).toBeNull();
    expect(await childOrders(setup, subject, { probe, recall: recallAbi })).toEqual({
      execArgv: [],
      env: {},
    });
    const first = await launch(world, { exec });
    await first.launcher.stop();
    await until(() => recallAbi(exec) !== null);
    expect(readAttempts(fs, world.layout)).toMatchObject([{ identity: null }]);
    const second = await launch(world, { exec });
    await until(() => readAttempts(fs, world.layout).some(({ state }) => state === 'ready'));
    await second.launcher.stop();
    const identities = readAttempts(fs, world.layout).map(({ identity }) => identity);
    expect(identities).toContainEqual({ abi: await probeAbi(exec), problem: null });
    expect(asked).toEqual([]);
  });
});
