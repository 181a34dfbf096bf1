import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLauncher } from '#src/launcher.js';
import { childOrders } from '#src/launching/child-orders.js';
import { launchSetup } from '#src/launching/setup.js';
import { probeAbi } from '#src/natives/probe.js';
import type { StagedoorOptions } from '#src/options.js';
import type { SpawnRuntime } from '#src/process/runtime-process.js';
import { spawnRuntime } from '#src/process/spawn.js';
import { readAttempts } from '#src/store/attempts.js';
import { readJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { recentNode } from '../../../examples/demo/real-packages.ts';
import { fs, until } from '../../support/app-world.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { buildAddon, noNodeBuild } from '../../support/natives/addons.ts';
import { type Told, toldIn, writeLedRuntime, writeNative } from '../../support/natives/led-runtime.ts';

const recent = await recentNode().catch(() => null);
const missing = noNodeBuild ?? (recent === null ? 'no Node of at least 22 can be had' : null);
if (missing !== null) console.warn(`natives of a child are not tested: ${missing}`);

const names = ['open', 'closed'] as const;
type Kind = 'napi' | 'v8';

/** A runtime with copies of its own in its bundle, and others in a folder beside it. */
const newWorld = (own: Kind | null, beside: Kind) => {
  const folder = temporaryFolder();
  const bundled = path.join(folder, 'bundled');
  writeLedRuntime(bundled);
  for (const name of names) {
    const closed = name === 'closed';
    if (own !== null)
      writeNative(path.join(bundled, 'node_modules', name), buildAddon(own, folder), 'own', closed);
    writeNative(path.join(folder, 'beside', name), buildAddon(beside, folder), 'beside', closed);
  }
  const natives = names.map(name => ({ name, dir: path.join(folder, 'beside', name) }));
  return { folder, bundled, natives, store: path.join(folder, 'store') };
};

const launch = async (
  world: ReturnType<typeof newWorld>,
  exec: string,
  more: Pick<StagedoorOptions, 'spawn'> = {},
) => {
  const { bundled, natives, store } = world;
  const launcher = createLauncher({
    package: 'led-runtime',
    bundled,
    store,
    exec,
    natives,
    args: ['word'],
    probe: 'stdout:READY',
    ...more,
  });
  onTestFinished(() => launcher.stop());
  let output = '';
  launcher.on('runtime:output', ({ chunk }) => {
    output += chunk.toString();
  });
  const started = await launcher.start();
  const layout = storeLayout(store);
  // The verdict is told before it is written down.
  await until(() => readAttempts(fs, layout)[0]?.state === 'ready');
  return { started, layout, told: (): Told => toldIn(output), stop: () => launcher.stop() };
};

const everyWay = (mark: string, folder: string) => ({
  import: mark,
  require: mark,
  inner: mark,
  importInner: mark,
  manifest: mark,
  resolved: folder,
  metaResolved: folder,
});

const allOf = (mark: string, folder: string) =>
  Object.fromEntries(names.map(name => [name, everyWay(mark, path.join(folder, name))]));

describe.skipIf(missing !== null)('a Node child', () => {
  const node24 = recent ?? '';

  test('N-08: it loads the copy that fits by import and require, in workers and forks, though its own is for another ABI', async () => {
    const world = newWorld('v8', 'napi');
    const { started, told } = await launch(world, node24);
    expect(started).toMatchObject({ outcome: 'running' });
    const right = allOf('beside', path.join(world.folder, 'beside'));
    const { found, threaded, forked, argv } = told();
    expect({ found, threaded, forked }).toEqual({ found: right, threaded: right, forked: right });
    expect(argv).toEqual(['word']);
  });

  test('N-08: the same on the Node that runs us, where the hooks for imports have a thread of their own', async () => {
    const world = newWorld(null, 'v8');
    const { told } = await launch(world, process.execPath);
    const right = allOf('beside', path.join(world.folder, 'beside'));
    expect(told()).toMatchObject({ found: right, threaded: right, forked: right });
    expect(told().execArgv).toEqual(['--require', expect.stringMatching(/natives\.cjs$/)]);
  });

  test('N-08: where its own natives fit, the path is left alone and there is no hook', async () => {
    for (const exec of [process.execPath, node24]) {
      const world = newWorld('napi', 'napi');
      const { told } = await launch(world, exec);
      expect(told()).toMatchObject({ found: allOf('own', path.join(world.bundled, 'node_modules')) });
      expect(told().execArgv).toEqual([]);
      expect(told().given).not.toContain('STAGEDOOR_NATIVE_DIRS');
    }
  });

  test('N-10: what it says of itself is in the record of its attempt when it is ready, and its file is gone', async () => {
    for (const exec of [process.execPath, node24]) {
      const world = newWorld('napi', 'napi');
      const { layout, told, stop } = await launch(world, exec);
      const identity = { abi: await probeAbi(exec), problem: null };
      expect(readAttempts(fs, layout)).toMatchObject([{ state: 'ready', identity }]);
      expect(told().given).not.toContain('STAGEDOOR_IDENTITY');
      await stop();
      const [record] = readAttempts(fs, layout);
      expect(record).toMatchObject({ state: 'stopped', identity });
      expect(existsSync(layout.identity(record?.id ?? ''))).toBe(false);
    }
  });

  test('N-11: natives that can not be led to are told in the journal, and the runtime starts', async () => {
    const world = newWorld(null, 'napi');
    const astray: SpawnRuntime = spec =>
      spawnRuntime({ ...spec, env: { ...spec.env, STAGEDOOR_NATIVE_DIRS: '{' } });
    const { started, layout, stop } = await launch(world, process.execPath, { spawn: astray });
    expect(started).toMatchObject({ outcome: 'running' });
    expect(readAttempts(fs, layout)).toMatchObject([
      { identity: { problem: expect.stringMatching(/JSON/) } },
    ]);
    await stop();
    expect(readJournal(fs, layout, 100).map(({ event }) => event)).toContain('runtime.notLed');
  });
});

test('N-02: an executable that does not say what it is gets no option of ours', async () => {
  const setup = launchSetup({ package: 'led-runtime', exec: '/bin/sh', store: temporaryFolder() });
  const natives = { kind: 'matched', tag: null, places: [], tree: null, failure: null, fault: null } as const;
  expect(await childOrders(setup, { natives, identity: 'any', guarded: false })).toEqual({
    execArgv: [],
    env: {},
  });
});
