import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginWish } from '#machines/contract.js';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { readLock, serializeLock } from '#src/core-lock/lock-file.js';
import { coreLockName } from '#src/core-lock/place.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { createNpmProvider } from '#src/plugins/npm/provider.js';
import { pluginLayout } from '#src/plugins/place.js';
import { createPluginEffects } from '#src/plugins/store-effects.js';
import { lookAtPlugin } from '#src/plugins/tree-look.js';
import { defaultLimits } from '#src/staging/limits.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { liveScratch, orphanedScratch } from '#src/store/scratch.js';
import { type LoopbackRegistry, makePackage } from '#src/testing/index.js';
import type { Want } from './model.ts';

const name = 'chart-plugin';
export const wanted: PluginWish = { ecosystem: 'npm', name, spec: '^1.2.0' };
const older: PluginWish = { ...wanted, spec: '1.1.0' };

const chart = (version: string) =>
  makePackage({
    name,
    version,
    files: {
      'index.js': `export const version = '${version}';\n`,
      // It brings a copy of its own, which nobody must ever load.
      'node_modules/react/package.json': '{"name":"react","version":"17.0.2"}',
      'node_modules/react/index.js': 'throw new Error("another react");\n',
      // And a package of which nobody announces what it asks for.
      'node_modules/chart-axes/package.json':
        '{"name":"chart-axes","version":"0.1.0","dependencies":{"d3":"^6"}}',
    },
    manifest: { peerDependencies: { react: '^18.0.0', lodash: '^4.0.0' } },
  });

export const publishPlugins = (registry: LoopbackRegistry): void => {
  for (const version of ['1.1.0', '1.2.0']) registry.publish(chart(version));
  const files = { 'index.js': 'export default 1;\n' };
  registry.publish(makePackage({ name: 'react', version: '18.3.1', files }));
  registry.publish(makePackage({ name: 'lodash', version: '4.17.21', files }));
};

const lockWith = (versions: Readonly<Record<string, string>>): CoreLock => ({
  schema: 1,
  packages: Object.entries(versions).map(([name, version]) => ({
    ecosystem: 'npm',
    name,
    version,
    integrity: null,
    place: `node_modules/${name}`,
    modules: [name],
  })),
  aliases: {},
});

/** What the runtime of each world has. */
const locks: Readonly<Record<Want, CoreLock>> = {
  fits: lockWith({ react: '18.3.1' }),
  asksForNothing: lockWith({ express: '5.1.0' }),
  conflicts: lockWith({ react: '19.1.0', lodash: '4.17.21' }),
};
const withD3 = (lock: CoreLock): CoreLock => ({
  ...lock,
  packages: [...lockWith({ d3: '7.9.0' }).packages, ...lock.packages],
});
/** The same names, and nothing in the way. */
const lockBefore = lockWith({ react: '18.2.0', lodash: '4.17.21' });

/** A runtime with its lock, a store and a registry, with the real effects on them. `hidden`: it has what only an archive asks for. */
export const createWorld = (dir: string, registry: LoopbackRegistry, want: Want, hidden: boolean) => {
  const lock = hidden ? withD3(locks[want]) : locks[want];
  const runtime = path.join(dir, 'runtime');
  const lockFile = path.join(runtime, coreLockName);
  mkdirSync(runtime, { recursive: true });
  const has = (one: CoreLock): void => writeFileSync(lockFile, serializeLock(one));
  const store = path.join(dir, 'store');
  const layout = pluginLayout(store, 'npm', name);
  const npm = createNpmProvider({
    fs,
    registry: registry.url,
    projectConfig: false,
    proxyFor: undefined,
    systemCertificates: false,
    limits: { ...defaultLimits, retries: 0 },
  });
  const effects = createPluginEffects({
    fs,
    store,
    lock: async () => readLock(fs, lockFile),
    provider: async () => npm,
    report: () => undefined,
  });
  const install = async (wish: PluginWish): Promise<void> => {
    const { signal } = new AbortController();
    const plan = await effects.resolve(wish, signal);
    const draft = { plan, shared: [] };
    await effects.download(draft, signal);
    await effects.stage(draft, signal);
    await effects.commit({ ...draft, verified: await effects.verify(draft, signal) }, signal);
  };
  has(lock);

  return {
    effects,
    registry,
    layout,
    /** What counts, each file of it held against its list; and what an archive brought that belongs to the runtime. */
    state: async () => {
      const { plugins, damaged } = installedPlugins(fs, store);
      const [plugin] = plugins;
      if (plugin === undefined) return { version: null, whole: damaged.length === 0, brought: [] };
      const look = await lookAtPlugin(fs, layout, plugin.stamp, plugin.tree);
      const files = readdirSync(layout.version(plugin.stamp), { recursive: true, encoding: 'utf8' });
      const locked = want === 'asksForNothing' ? [] : files.filter(file => /(?:^|[\\/])react$/.test(file));
      return { version: plugin.version, whole: look.kind === 'whole', brought: locked };
    },
    scratch: () => [...liveScratch(fs, layout), ...orphanedScratch(fs, layout)],
    trees: () => {
      const names = existsSync(layout.versions) ? readdirSync(layout.versions) : [];
      return names.filter(one => !one.endsWith('.partial'));
    },
    /** Before the path begins: an older version, or the very same. Later the runtime may have another react. */
    installOlder: () => install(older),
    installSame: async () => {
      if (want === 'conflicts') has(lockBefore);
      await install(wanted);
      has(lock);
    },
    garbleLock: (): (() => void) => {
      writeFileSync(lockFile, '{"schema":1,');
      return () => has(lock);
    },
    cutArchives: (scratch: string): void => {
      const dir = layout.partial(scratch);
      for (const file of readdirSync(dir).filter(one => one !== 'tree'))
        truncateSync(path.join(dir, file), 100);
    },
    addFile: (scratch: string) => writeFileSync(path.join(layout.partialTree(scratch), 'more.js'), ''),
    /** A folder where the pointer belongs: it can't be written, and nobody can say what it said. */
    blockPointer: (): (() => void) => {
      const kept = `${layout.current}-kept`;
      const isThere = existsSync(layout.current);
      if (isThere) renameSync(layout.current, kept);
      mkdirSync(path.join(layout.current, 'inside'), { recursive: true });
      return () => {
        rmSync(layout.current, { recursive: true });
        if (isThere) renameSync(kept, layout.current);
      };
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
};

export type PluginWorld = ReturnType<typeof createWorld>;
