import {
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { installedPlugins } from '#src/plugins/installed.js';
import { pluginLayout } from '#src/plugins/place.js';
import type { PluginProvider } from '#src/plugins/provider.js';
import { createPluginEffects } from '#src/plugins/store-effects.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { takeLease } from '#src/store/lease.js';
import { temporaryFolder } from '../../support/folder.ts';
import {
  addPlugin,
  differenceFrom,
  effectsOn,
  lockOf,
  never,
  tryPlugin,
  wishFor,
} from '../../support/plugins/installation.ts';
import { testProvider } from '../../support/plugins/provider.ts';

const wantsReact = (range: string) => ({
  ...{ as: 'react', name: 'react', range, chain: ['chart@1.0.0'] },
});
const chart = { version: '1.0.0', demands: [wantsReact('18.3.1')], stripped: ['react'] };

const only = (store: string) => {
  const { plugins, damaged } = installedPlugins(fs, store);
  expect(damaged).toEqual([]);
  expect(plugins).toHaveLength(1);
  const [plugin] = plugins;
  if (plugin === undefined) throw new Error('nothing is installed');
  return plugin;
};

test('K-05: a plugin is installed whole, told with its demands, and there the next time', async () => {
  const store = temporaryFolder();
  const effects = effectsOn(fs, store, { chart });
  const shared = [{ name: 'react', version: '18.3.1' }];
  expect(await addPlugin(effects, wishFor('chart', '^1'))).toEqual({
    ...{ kind: 'installed', version: '1.0.0', replaced: null, shared, stripped: ['react'] },
  });
  expect(differenceFrom(store, 'chart', chart)).toBeNull();
  const plugin = only(store);
  expect(plugin).toMatchObject({
    ...{ ecosystem: 'npm', name: 'chart', version: '1.0.0', wish: wishFor('chart', '^1') },
    ...{ demands: chart.demands, stripped: ['react'] },
    folder: path.join(plugin.layout.version(plugin.stamp), 'node_modules/chart'),
  });
  expect(statSync(path.join(plugin.folder, 'index.js')).isFile()).toBe(true);
  expect(readdirSync(plugin.layout.versions)).toEqual([plugin.stamp]);
  const { ino } = statSync(plugin.folder);
  expect(await addPlugin(effects, wishFor('chart', '^1'))).toEqual({
    ...{ kind: 'present', version: '1.0.0', shared },
  });
  expect(statSync(plugin.folder).ino).toBe(ino);
});

/** Elsewhere a link asks for rights. */
test
  .runIf(process.platform !== 'win32')
  .for(['plugins', 'plugins/npm', 'plugins/npm/chart', 'versions', 'trash'])(
  'P-12, P-21: a link in the place of %s is not followed, whatever lies there stays',
  async place => {
    const [store, outside] = [temporaryFolder(), temporaryFolder()];
    const link = path.join(store, place.startsWith('plugins') ? place : `plugins/npm/chart/${place}`);
    const precious = ['trash/precious.txt', 'versions/1.0.0/precious.txt', 'precious.txt'];
    for (const file of precious) {
      mkdirSync(path.dirname(path.join(outside, file)), { recursive: true });
      writeFileSync(path.join(outside, file), 'mine');
    }
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(outside, link);
    const effects = effectsOn(fs, store, { chart });
    const failure = {
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('is a link, and no folder of its own'),
    };
    await expect(effects.resolve(wishFor('chart'), never)).rejects.toMatchObject(failure);
    await expect(effects.remove(wishFor('chart'), never)).rejects.toMatchObject(failure);
    const left = readdirSync(outside, { recursive: true, encoding: 'utf8' });
    expect(new Set(left)).toEqual(new Set([...precious, 'trash', 'versions', 'versions/1.0.0']));
  },
);

test('K-05: what is refused and what can not be found leaves nothing behind', async () => {
  const store = path.join(temporaryFolder(), 'store');
  const effects = effectsOn(fs, store, { chart: { version: '2.0.0', demands: [wantsReact('19.0.0')] } });
  expect(await addPlugin(effects, wishFor('chart'))).toMatchObject({
    ...{ kind: 'refused', conflicts: [{ reason: 'version', locked: '18.3.1', range: '19.0.0' }] },
  });
  expect(await tryPlugin(effects, wishFor('nothing'))).toMatchObject({
    ...{ kind: 'failed', failure: { code: 'REGISTRY_REFUSED' } },
  });
  expect(existsSync(store)).toBe(false);
});

test('P-36: the name of a package of the runtime, or one that differs in its case only, is no name of a plugin', async () => {
  const store = path.join(temporaryFolder(), 'store');
  const lock = lockOf('react@18.3.1', '@Scope/Base@2.0.0');
  const effects = effectsOn(fs, store, {}, lock);
  for (const name of ['react', 'React', 'REACT', '@scope/base', '@Scope/Base', 'fs', 'Path']) {
    const outcome = await tryPlugin(effects, wishFor(name));
    expect(outcome, name).toMatchObject({ kind: 'failed', failure: { code: 'PACKAGE_INVALID' } });
  }
  expect(await tryPlugin(effects, wishFor('React'))).toMatchObject({
    failure: {
      message: `React can't be a plugin: its name differs in case only from react 18.3.1, which belongs to the runtime`,
    },
  });
  expect(existsSync(store)).toBe(false);
});

test('P-36: of two plugins whose names differ in case only the second is refused, also where both begin at once', async () => {
  const store = temporaryFolder();
  const [small, large] = [{ version: '1.0.0' }, { version: '2.0.0' }];
  const effects = effectsOn(fs, store, { chart: small, Chart: large });
  const late = await effects.resolve(wishFor('Chart'), never);
  await addPlugin(effects, wishFor('chart'));
  const draft = { plan: late, shared: [] };
  await effects.download(draft, never);
  await effects.stage(draft, never);
  const verified = await effects.verify(draft, never);
  const refusal = { code: 'PACKAGE_INVALID', message: expect.stringContaining('differ in case only') };
  await expect(effects.commit({ ...draft, verified }, never)).rejects.toMatchObject(refusal);
  await effects.clean(late);
  await expect(effects.resolve(wishFor('Chart'), never)).rejects.toMatchObject(refusal);
  expect(only(store)).toMatchObject({ name: 'chart', version: '1.0.0' });
  expect(readdirSync(only(store).layout.versions)).toEqual([only(store).stamp]);
  expect(await effects.remove(wishFor('Chart'), never)).toEqual({ removed: null });
  expect(differenceFrom(store, 'chart', small)).toBeNull();
});

test('P-12: an older version goes with the next one, but not from under a runtime that uses it', async () => {
  const store = temporaryFolder();
  await addPlugin(effectsOn(fs, store, { chart }), wishFor('chart'));
  const older = only(store);
  const lease = await takeLease(fs, older.layout, older.stamp);
  const newer = { version: '1.1.0' };
  expect(await addPlugin(effectsOn(fs, store, { chart: newer }), wishFor('chart'))).toMatchObject({
    ...{ kind: 'installed', version: '1.1.0', replaced: '1.0.0' },
  });
  expect(existsSync(older.folder)).toBe(true);
  expect(differenceFrom(store, 'chart', newer)).toBeNull();
  await lease.release();
  await addPlugin(effectsOn(fs, store, { chart: { version: '1.2.0' } }), wishFor('chart'));
  expect(readdirSync(older.layout.versions)).toEqual([only(store).stamp]);
  expect(readdirSync(older.layout.trash)).toEqual([]);
});

test('K-05: a plugin is removed with its folder, and a second time there is nothing to remove', async () => {
  const store = temporaryFolder();
  const effects = effectsOn(fs, store, { '@some/chart': chart });
  await addPlugin(effects, wishFor('@some/chart'));
  const { layout } = only(store);
  expect(await effects.remove(wishFor('@some/chart'), never)).toEqual({ removed: '1.0.0' });
  expect(existsSync(layout.root)).toBe(false);
  expect(installedPlugins(fs, store)).toEqual({ plugins: [], damaged: [] });
  expect(await effects.remove(wishFor('@some/chart'), never)).toEqual({ removed: null });
});

test('P-12: a plugin that a runtime uses is removed for the next launch, and its files stay until then', async () => {
  const store = temporaryFolder();
  const effects = effectsOn(fs, store, { chart });
  await addPlugin(effects, wishFor('chart'));
  const { layout, folder, stamp } = only(store);
  const lease = await takeLease(fs, layout, stamp);
  expect(await effects.remove(wishFor('chart'), never)).toEqual({ removed: '1.0.0' });
  expect(installedPlugins(fs, store).plugins).toEqual([]);
  expect(existsSync(folder)).toBe(true);
  await lease.release();
});

test('P-09: a damaged plugin is installed anew, unless a runtime uses it', async () => {
  const store = temporaryFolder();
  const effects = effectsOn(fs, store, { chart });
  await addPlugin(effects, wishFor('chart'));
  const { layout, folder, stamp } = only(store);
  truncateSync(path.join(folder, 'index.js'), 3);
  const lease = await takeLease(fs, layout, stamp);
  await expect(addPlugin(effects, wishFor('chart'))).rejects.toMatchObject({ code: 'STORE_BUSY' });
  expect(statSync(path.join(folder, 'index.js')).size).toBe(3);
  await lease.release();
  expect(await addPlugin(effects, wishFor('chart'))).toMatchObject({ kind: 'installed', replaced: '1.0.0' });
  expect(differenceFrom(store, 'chart', chart)).toBeNull();
});

test('P-08: what is not the tree that was unpacked is not committed', async () => {
  const store = temporaryFolder();
  const provider = testProvider(fs, { chart });
  const { layout } = { layout: pluginLayout(store, 'npm', 'chart') };
  const effects = createPluginEffects({
    ...{ fs, store, lock: async () => lockOf('react@18.3.1'), report: () => undefined },
    provider: async () => ({
      ...provider,
      stage: async (packages, lock, folders, signal, report) => {
        const staged = await provider.stage(packages, lock, folders, signal, report);
        writeFileSync(path.join(folders.tree, 'more.js'), '');
        return staged;
      },
    }),
  });
  await expect(addPlugin(effects, wishFor('chart'))).rejects.toMatchObject({ code: 'TREE_DAMAGED' });
  expect(existsSync(layout.root)).toBe(false);
});

test('S-07: what the dead left is gone before anything is downloaded: it may be the space that is needed', async () => {
  const store = temporaryFolder();
  const layout = pluginLayout(store, 'npm', 'chart');
  const left = path.join(layout.versions, '0.0.1.partial', '4194303-1-0-aabbccddeeff');
  mkdirSync(left, { recursive: true });
  let seen: boolean | null = null;
  const effects = createPluginEffects({
    ...{ fs, store, lock: async () => lockOf(), report: () => undefined },
    provider: async () =>
      testProvider(fs, { chart: { version: '1.0.0' } }, step => {
        if (step === 'download') seen = existsSync(left);
      }),
  });
  await addPlugin(effects, wishFor('chart'));
  expect(seen).toBe(false);
});

test('K-05: of two that can not be beside each other and are installed at the same time the second is not, and is told of the first', async () => {
  const store = temporaryFolder();
  const provider: PluginProvider = {
    ...testProvider(fs, { pa: { version: '1.0.0' }, pb: { version: '2.0.0' } }),
    beside: ({ name, version }, others) =>
      others.map(other => ({
        ...{ as: 'common', name: 'common', range: '2', chain: [`${name}@${version}`], locked: '1' },
        ...{ reason: 'beside', beside: `${other.name}@${other.version}` },
      })),
  };
  const effects = createPluginEffects({
    ...{ fs, store, lock: async () => lockOf(), report: () => undefined, provider: async () => provider },
  });
  const plan = await effects.resolve(wishFor('pb'), never);
  const draft = { plan, ...(await effects.compare(plan, never)) };
  expect(draft).toMatchObject({ conflicts: [] });
  await effects.download(draft, never);
  expect(await effects.stage(draft, never)).toEqual({ conflicts: [] });
  const verified = await effects.verify(draft, never);
  expect(await addPlugin(effects, wishFor('pa'))).toMatchObject({ kind: 'installed' });
  await expect(effects.commit({ ...draft, verified }, never)).rejects.toMatchObject({
    code: 'STORE_BUSY',
    message: 'the plugin pa@1.0.0 was installed meanwhile, and pb can not be beside it',
  });
  await effects.clean(plan);
  expect(only(store)).toMatchObject({ name: 'pa' });
  expect(await addPlugin(effects, wishFor('pb'))).toMatchObject({
    kind: 'refused',
    conflicts: [{ reason: 'beside', beside: 'pa@1.0.0' }],
  });
});

test('K-05: what knows the ecosystem is loaded once for an installation, so that an executable is asked once', async () => {
  const store = temporaryFolder();
  let loaded = 0;
  const effects = createPluginEffects({
    ...{ fs, store, lock: async () => lockOf(), report: () => undefined },
    provider: async () => {
      loaded += 1;
      return testProvider(fs, { chart: { version: '1.0.0' } });
    },
  });
  expect(await addPlugin(effects, wishFor('chart'))).toMatchObject({ kind: 'installed' });
  expect(loaded).toBe(1);
});
