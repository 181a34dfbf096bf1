import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { blameByCode, type Failure, type FailureCode } from '#machines/failure.js';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { StagedoorError, toFailure } from '#src/failure.js';
import { createPlugins } from '#src/index.js';
import { added } from '#src/plugins/outcome-words.js';
import { pluginRecordName } from '#src/plugins/place.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { fs } from '../../support/app-world.ts';
import { lockOf } from '../../support/plugins/installation.ts';
import { pluginWorld } from '../../support/plugins/plugin-world.ts';

const wants = (range: string, name = 'react') => ({
  ...{ as: name, name, range, chain: ['chart@2.0.0', 'chart-core@3.1.0'] },
});
const chart = (range: string) => ({ version: '2.0.0', demands: [wants(range)] });

test('K-05: a plugin is added, listed, checked and removed under the lock of the bundled runtime', async () => {
  const world = pluginWorld();
  const plugins = world.plugins({ chart: chart('18.3.1') });
  const shared = [{ name: 'react', version: '18.3.1' }];
  const about = { ecosystem: 'npm', name: 'chart', version: '2.0.0' };
  expect(await plugins.add('chart@^2')).toEqual({
    ...{ outcome: 'installed', ...about, replaced: null, shared, stripped: [], unfit: [], runtime: '1.0.0' },
  });
  expect(await plugins.add('chart@^2')).toEqual({ outcome: 'present', ...about, shared, runtime: '1.0.0' });
  expect(await plugins.list()).toEqual({
    ...{ outcome: 'ok', damaged: [], unguarded: null },
    plugins: [
      {
        ...{ ...about, spec: '^2', packages: [], demands: [wants('18.3.1')], stripped: [] },
        ...{ builtFor: null, misbuilt: null },
        folder: expect.stringMatching(/plugins.npm.chart.versions.[^/\\]+.node_modules.chart$/),
      },
    ],
  });
  expect(await plugins.check()).toEqual({
    ...{ outcome: 'ok', runtime: '1.0.0' },
    plugins: [{ ...about, state: 'ok', conflicts: [], reasons: [] }],
  });
  expect(await plugins.remove('chart')).toEqual({ outcome: 'removed', ...about });
  expect(await plugins.remove('chart')).toEqual({ outcome: 'absent', ecosystem: 'npm', name: 'chart' });
  expect(await plugins.check()).toEqual({ outcome: 'ok', runtime: null, plugins: [] });
  const journal = readFileSync(world.layout.journal, 'utf8');
  expect(journal).toContain('"event":"order:plugin-add"');
  expect(journal).toContain('"event":"order:plugin-remove"');
});

test('K-05: a refusal names plugin, package, both versions, who asked and the way out', async () => {
  const plugins = pluginWorld().plugins({ chart: chart('^19') });
  const reason =
    'chart@2.0.0 needs react ^19 (through chart-core@3.1.0), the runtime has react 18.3.1: update the runtime, or add a version of the plugin that takes react 18.3.1';
  expect(await plugins.add('chart')).toEqual({
    ...{ outcome: 'refused', ecosystem: 'npm', name: 'chart', version: '2.0.0', runtime: '1.0.0' },
    conflicts: [{ ...wants('^19'), reason: 'version', locked: '18.3.1' }],
    reasons: [reason],
  });
});

test('K-05: the lock that counts is that of the version that would be launched next, or the one that is named', async () => {
  const world = pluginWorld();
  const offers = { chart: chart('19.1.0') };
  const add = () => world.plugins(offers).add('chart');
  expect(await add()).toMatchObject({ outcome: 'refused', runtime: '1.0.0' });
  await world.stageLocked('1.1.0', lockOf('react@19.1.0'));
  expect(await add()).toMatchObject({ outcome: 'installed', runtime: '1.1.0' });
  await world.pin('1.0.0');
  const pinned = await world.plugins(offers).check();
  expect(pinned).toMatchObject({ outcome: 'problems', runtime: '1.0.0', plugins: [{ state: 'conflict' }] });
  expect(await add()).toMatchObject({ outcome: 'refused', runtime: '1.0.0' });
  const named = path.join(world.layout.version('1.1.0'), '.stagedoor-core-lock.json');
  expect(await world.plugins(offers, named).check()).toMatchObject({ outcome: 'ok', runtime: null });
});

test('K-07: without a lock, or with one that can not be used, nothing is installed', async () => {
  const world = pluginWorld();
  const { add } = world.plugins({ chart: { version: '2.0.0' } });
  writeFileSync(world.bundledLock, '{"schema":2}');
  expect(await add('chart')).toMatchObject({
    ...{ outcome: 'failed', name: 'chart' },
    error: { code: 'BUNDLED_INVALID', message: expect.stringContaining('schema') },
  });
  rmSync(world.bundledLock);
  expect(await add('chart')).toMatchObject({
    outcome: 'failed',
    error: {
      message: 'the runtime 1.0.0 has no core lock, which says what belongs to it',
      hint: expect.stringContaining('--lock FILE'),
    },
  });
  rmSync(world.bundled, { recursive: true });
  expect(await add('chart')).toMatchObject({
    ...{ outcome: 'failed', error: { message: expect.stringContaining('there is no runtime') } },
  });
  expect(existsSync(path.join(world.layout.root, 'plugins'))).toBe(false);
});

test('K-05: an update of the runtime shows what does not go with it any more: another version, something gone, something brought', async () => {
  const world = pluginWorld(lockOf('react@18.3.1', 'helper@1.0.0'));
  const needs = { version: '2.0.0', demands: [wants('18.3.1'), wants('1.0.0', 'helper')] };
  const plugins = world.plugins({ chart: needs, grid: { version: '0.3.0' }, plain: { version: '1.0.0' } });
  for (const name of ['chart', 'grid', 'plain']) await plugins.add(name);
  expect(await plugins.check()).toMatchObject({ outcome: 'ok' });
  await world.stageLocked('2.0.0', lockOf('react@19.0.0', 'grid@0.4.0', 'plain@1.0.0'));
  const checked = await plugins.check();
  expect(checked).toMatchObject({ outcome: 'problems', runtime: '2.0.0' });
  if (checked.outcome === 'failed') throw new Error(checked.error.message);
  const reasons = Object.fromEntries(checked.plugins.map(one => [one.name, one.reasons]));
  expect(reasons).toEqual({
    chart: [
      'chart@2.0.0 needs react 18.3.1 (through chart-core@3.1.0), the runtime has react 19.0.0: update the runtime, or add a version of the plugin that takes react 19.0.0',
      'chart@2.0.0 needs helper 1.0.0 (through chart-core@3.1.0), the runtime does not have it: add the plugin again, so that it brings its own, or remove it',
    ],
    grid: ['grid@0.3.0 is a plugin, and the runtime has grid 0.4.0 of its own: remove the plugin'],
    plain: [],
  });
});

test('K-05: what was left out of a plugin and is not in the runtime any more is told, once', async () => {
  const world = pluginWorld(lockOf('react@18.3.1', 'Helper@1.0.0'));
  const demands = [wants('18.3.1')];
  const plugins = world.plugins({ chart: { version: '2.0.0', demands, stripped: ['Helper', 'react'] } });
  await plugins.add('chart');
  expect(await plugins.check()).toMatchObject({ outcome: 'ok' });
  await world.stageLocked('2.0.0', lockOf('other@1.0.0'));
  const way = 'the runtime does not have it: add the plugin again, so that it brings its own, or remove it';
  expect(await plugins.check()).toMatchObject({
    plugins: [
      {
        reasons: [
          `chart@2.0.0 needs react 18.3.1 (through chart-core@3.1.0), ${way}`,
          `chart@2.0.0 needs Helper, ${way}`,
        ],
      },
    ],
  });
});

test('K-06: a name that the runtime has for another package is told as that', async () => {
  const [compat] = lockOf('@preact/compat@17.1.2').packages;
  const aliased = { ...lockOf(), packages: [{ ...compat, place: 'node_modules/react' } as never] };
  const world = pluginWorld(lockOf('other@1.0.0'));
  const plugins = world.plugins({ react: { version: '18.3.1' } });
  await plugins.add('react');
  await world.stageLocked('2.0.0', aliased);
  expect(await plugins.check()).toMatchObject({
    plugins: [
      {
        conflicts: [{ reason: 'version', holder: '@preact/compat' }],
        reasons: [
          'react@18.3.1 is a plugin, and the runtime has @preact/compat 17.1.2 of its own: remove the plugin',
        ],
      },
    ],
  });
  expect(await plugins.add('react')).toMatchObject({
    error: {
      message:
        "react can't be a plugin: it belongs to the runtime, which has @preact/compat 17.1.2 under that name",
    },
  });
});

test('P-39: the way out of a failure is one of plugins: no check comes back to it, and nothing is remembered', async () => {
  const error = (await pluginWorld().plugins({}).add('gone')) as { error?: { hint: string } };
  expect(error).toMatchObject({
    error: {
      code: 'REGISTRY_REFUSED',
      hint: 'Check the name and the range of the plugin, and the credentials of the registry.',
    },
  });
  const wish = { ecosystem: 'npm', name: 'chart', spec: null } as const;
  for (const code of Object.keys(blameByCode) as FailureCode[]) {
    const hintOf = (failure: Failure) => {
      const told = added(wish, { kind: 'failed', failure }, null);
      return told.outcome === 'failed' ? told.error.hint : '';
    };
    const failure = toFailure(new StagedoorError(code, 'it broke'));
    expect(hintOf(failure), code).not.toMatch(/next check|channel|asked for again|starts without it/);
    expect(hintOf({ ...failure, hint: 'Do this.' }), code).toBe('Do this.');
  }
});

test('P-09: a plugin with one changed byte is damaged, and so is one whose record says nothing', async () => {
  const world = pluginWorld();
  const plugins = world.plugins({ chart: chart('18.3.1'), grid: { version: '1.0.0' } });
  await plugins.add('chart');
  await plugins.add('grid');
  const listed = await plugins.list();
  if (listed.outcome === 'failed') throw new Error(listed.error.message);
  const [chartDir, gridDir] = listed.plugins.map(({ folder }) => folder);
  if (chartDir === undefined || gridDir === undefined) throw new Error('nothing is installed');
  writeFileSync(path.join(chartDir, 'index.js'), 'exports.a = 2;\n');
  truncateSync(path.join(gridDir, '../..', pluginRecordName), 20);
  expect(await plugins.check()).toMatchObject({
    outcome: 'problems',
    plugins: [
      { name: 'chart', state: 'damaged', reasons: ['node_modules/chart/index.js: its content has changed'] },
      { name: 'grid', version: null, state: 'damaged', reasons: ['its record is missing or damaged'] },
    ],
  });
  expect(await plugins.list()).toMatchObject({
    ...{ plugins: [{ name: 'chart' }], damaged: [{ name: 'grid' }] },
  });
  expect(await plugins.add('grid')).toMatchObject({ outcome: 'installed', replaced: null });
  expect(await plugins.remove('chart')).toMatchObject({ outcome: 'removed', version: '2.0.0' });
});

test('K-05: an abort leaves the plugins as they were', async () => {
  const world = pluginWorld();
  const abort = new AbortController();
  const { add, list } = world.plugins({ chart: chart('18.3.1') });
  const outcome = await add('chart', {
    signal: abort.signal,
    onProgress: ({ phase }) => {
      if (phase === 'verifying') abort.abort();
    },
  });
  expect(outcome).toEqual({ outcome: 'cancelled', ecosystem: 'npm', name: 'chart' });
  expect(await list()).toMatchObject({ plugins: [], damaged: [] });
  expect(existsSync(path.join(world.layout.root, 'plugins/npm/chart'))).toBe(false);
});

const mistakes: readonly unknown[] = [
  ...['nul', 'aux@1', 'com1', 'lpt1.x', '@con/nul', 'x.', 'python:con', 'abcdef~1'],
  ...['', ' ', 'Not a name', '../up', '/etc', 'chart@', 'chart@file:../x', 'chart@git+ssh://x/y'],
  ...[
    'chart@npm:react@17',
    'https://a/b.tgz',
    'python:',
    'python:a[b]',
    'python:a @ file:///x',
    'python:../a',
  ],
  ...[undefined, null, 7, {}, '__proto__@1', '@scope', 'chart@1\n2', `chart@${'1'.repeat(300)}`],
];

test('S-07: what names no plugin is a mistake of the caller, which quotes it', async () => {
  const { add, remove } = pluginWorld().plugins({});
  for (const text of mistakes) {
    const refusal = { name: 'TypeError', message: expect.stringContaining('option "plugin" must be') };
    await expect(add(text as string), String(text)).rejects.toMatchObject(refusal);
  }
  await expect(remove('chart@1')).rejects.toThrow('"chart@1"');
  const options = { package: 'app', lock: 7 as unknown as string };
  expect(() => createPlugins(options)).toThrow('option "lock" must be the file of a core lock, got 7');
});

test('P-06: a store that can not be read is an outcome, nothing that is thrown', async () => {
  const world = pluginWorld();
  await world.plugins({ chart: { version: '1.0.0' } }).add('chart');
  const { fs: disk, ...port } = faultyFileSystem();
  port.failAt(({ call, path: place }) => call === 'readdir' && place.includes('plugins'), 'EMFILE');
  const { list, check } = createPlugins({ ...world.options, fs: disk });
  expect(await list()).toMatchObject({ outcome: 'failed', error: { blame: 'disk' } });
  expect(await check()).toMatchObject({ outcome: 'failed', error: { blame: 'disk' } });
  expect(fs.existsSync(path.join(world.layout.root, 'plugins/npm/chart/current.json'))).toBe(true);
});

test('K-05: a lock that is named says which runtime it is of, where it holds the runtime itself', async () => {
  const world = pluginWorld();
  const itself = { ...lockOf('app@4.5.6').packages[0], place: '.' };
  const file = path.join(world.dir, 'named.json');
  const lock = lockOf('react@19.0.0');
  writeFileSync(file, serializeLock({ ...lock, packages: [...lock.packages, itself as never] }));
  const plugins = world.plugins({ chart: chart('19.0.0') }, file);
  expect(await plugins.add('chart')).toMatchObject({ outcome: 'installed', runtime: '4.5.6' });
});
