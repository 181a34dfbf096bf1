import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { coreLockName } from '#src/core-lock/place.js';
import type { Plugins } from '#src/plugins/plugins.js';
import { createPluginVerbs } from '#src/plugins/verbs.js';
import { readSettings } from '#src/settings.js';
import { treeListName } from '#src/store/layout.js';
import { writePin } from '#src/store/pin.js';
import { commitPointer } from '#src/store/pointer.js';
import { parseTreeList, serializeTreeList, treeDigest } from '#src/store/tree-list.js';
import { type AppWorld, fs, layOut, newWorld } from '../app-world.ts';
import { lockOf } from './installation.ts';
import { type Offer, testProvider } from './provider.ts';

/** An app with a bundled 1.0.0 whose lock names react 18.3.1, over a store that is empty. */
export type PluginWorld = AppWorld & {
  /** The file of the bundled runtime's lock. */
  readonly bundledLock: string;
  /** `offers` may grow later. */
  readonly plugins: (offers: Readonly<Record<string, Offer>>, lock?: string) => Plugins;
  /** Stages a version whose lock names these, as the next one to be launched. */
  readonly stageLocked: (version: string, lock: CoreLock) => Promise<void>;
  readonly pin: (version: string) => Promise<unknown>;
};

const withLock = (dir: string, lock: CoreLock): string => {
  const file = path.join(dir, coreLockName);
  writeFileSync(file, serializeLock(lock));
  return file;
};

export const pluginWorld = (bundledLock: CoreLock = lockOf('react@18.3.1')): PluginWorld => {
  const world = newWorld();
  const { layout, options } = world;
  return {
    ...world,
    bundledLock: withLock(world.bundled, bundledLock),
    plugins: (offers, lock) =>
      createPluginVerbs({
        ...{ settings: readSettings(options), lock },
        provider: async () => testProvider(fs, offers),
      }),
    stageLocked: async (version, lock) => {
      layOut(world, version);
      const dir = layout.version(version);
      const file = withLock(dir, lock);
      const list = parseTreeList(readFileSync(path.join(dir, treeListName), 'utf8'));
      if (list === null) throw new Error('no tree list');
      const { size, mode, mtimeMs } = statSync(file);
      const entry = { path: coreLockName, size, mode: mode & 0o777, mtimeMs };
      const sha256 = treeDigest(readFileSync(file, 'utf8'));
      const text = serializeTreeList({ ...list, files: [...list.files, { ...entry, sha256 }] });
      writeFileSync(path.join(dir, treeListName), text);
      await commitPointer(fs, layout, { version, tree: treeDigest(text) });
    },
    pin: version => writePin(fs, layout, version),
  };
};
