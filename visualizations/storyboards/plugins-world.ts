import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readLock, writeLock } from '#src/core-lock/lock-file.js';
import { CoreLockUnreadable } from '#src/core-lock/lock-unreadable.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { pluginLayout } from '#src/plugins/place.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import type { Layout } from '#src/store/layout.js';
import { partialSuffix } from '#src/store/layout.js';
import { liveScratch, orphanedScratch } from '#src/store/scratch.js';
import { readTreeList } from '#src/store/tree-list.js';
import { type LoopbackRegistry, makePackage } from '#src/testing/index.js';
import type { DiskView } from './disk-view.ts';

export const pluginName = 'chart-plugin';

type Demand = {
  /** The range of react that it asks for. */
  readonly react: string;
  /** Its archive has a react of its own in it. */
  readonly brings?: boolean;
};

export type PluginsWorld = {
  readonly pluginStore: Layout;
  /** The bundled runtime has this react, and a lock that says so. */
  readonly lockReact: (version: string) => Promise<void>;
  readonly damageLock: () => void;
  readonly publishPlugin: (version: string, demand: Demand) => void;
  /** What belongs to the runtime and what is installed, as it lies on the disk now. */
  readonly pluginLines: () => DiskView;
};

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join('; '));

/** As another version of it would be: what it is does not matter here. */
const reactFiles = (version: string) => ({
  'package.json': JSON.stringify({ name: 'react', version, main: 'index.js' }),
  'index.js': `exports.version = '${version}';\n`,
});

const lockLine = (file: string): string => {
  try {
    const { packages } = readLock(fs, file);
    return listed(packages.map(({ name, version }) => `${name} ${version}`));
  } catch (error) {
    if (error instanceof CoreLockUnreadable) return 'unreadable';
    throw error;
  }
};

const pluginsLine = (store: string): string => {
  const { plugins, damaged } = installedPlugins(fs, store);
  const whole = plugins.map(({ name, version, layout, stamp }) => {
    const list = readTreeList(fs, layout.version(stamp));
    return `${name} ${version}${list === null ? ' (no valid tree list)' : ''}`;
  });
  return listed([...whole, ...damaged.map(({ name, reason }) => `${name}: ${reason}`)]);
};

const namesIn = (dir: string): readonly string[] => (existsSync(dir) ? readdirSync(dir) : []);

const treesLine = ({ versions }: Layout): string => {
  const count = namesIn(versions).filter(name => !name.endsWith(partialSuffix)).length;
  return count === 0 ? 'none' : `${count} tree${count === 1 ? '' : 's'} of ${pluginName}`;
};

const scratchLine = (layout: Layout): string =>
  listed([
    ...liveScratch(fs, layout).map(() => `${pluginName} is being made`),
    ...orphanedScratch(fs, layout).map(() => `${pluginName} left by a dead process`),
  ]);

/** A runtime with a lock, and a plugin in a registry. */
export const pluginsWorld = (bundled: string, store: string, registry: LoopbackRegistry): PluginsWorld => {
  const layout = pluginLayout(store, 'npm', pluginName);
  const file = path.join(bundled, coreLockName);
  return {
    pluginStore: layout,
    lockReact: async version => {
      const dir = path.join(bundled, 'node_modules', 'react');
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      for (const [name, text] of Object.entries(reactFiles(version)))
        writeFileSync(path.join(dir, name), text);
      const { lock } = lockOf(fs, { dir: bundled, metafile: null }, () => []);
      await writeLock(fs, file, lock);
    },
    damageLock: () => writeFileSync(file, '{"schema": 1, "packages": ['),
    publishPlugin: (version, { react, brings = false }) => {
      const own = Object.entries(reactFiles('17.0.2')).map(([name, text]) => [
        `node_modules/react/${name}`,
        text,
      ]);
      const files = { 'index.js': `exports.version = '${version}';\n` };
      registry.publish(
        makePackage({
          name: pluginName,
          version,
          files: brings ? { ...files, ...Object.fromEntries(own) } : files,
          manifest: { main: 'index.js', peerDependencies: { react } },
        }),
      );
    },
    pluginLines: () => ({
      'core lock': lockLine(file),
      plugins: pluginsLine(store),
      'trees of plugins': treesLine(layout),
      scratch: scratchLine(layout),
    }),
  };
};
