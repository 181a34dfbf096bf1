import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StagedoorOptions } from '#src/index.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { recordReady, recordTrusted } from '#src/store/health.js';
import { type Layout, storeLayout, treeListName } from '#src/store/layout.js';
import { commitPointer } from '#src/store/pointer.js';
import { serializeTreeList, treeDigest } from '#src/store/tree-list.js';
import {
  type LoopbackRegistry,
  makePackage,
  type PackedPackage,
  type RuntimeSource,
  runtimePackage,
  startRegistry,
  writeRuntime,
} from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';

import { type NativesWorld, nativesWorld } from './natives-world.ts';
import { type PluginsWorld, pluginsWorld } from './plugins-world.ts';

export type Source = Omit<RuntimeSource, 'name' | 'version'>;

/** A machine of its own: an installed app with a bundled runtime, an empty store, and a registry. */
export type World = NativesWorld &
  PluginsWorld & {
    readonly dir: string;
    readonly layout: Layout;
    readonly registry: LoopbackRegistry;
    readonly options: StagedoorOptions;
    readonly packed: (version: string, source?: Source) => PackedPackage;
    readonly publish: (version: string, source?: Source) => void;
    /** Puts a version into the store as staging leaves it; `trusted`: it was up for ten minutes once. */
    readonly keep: (
      version: string,
      how: { trusted?: boolean; pointed?: boolean },
      source?: Source,
    ) => Promise<void>;
    readonly bundle: (version: string, source?: Source) => void;
    readonly remove: () => Promise<void>;
  };

const app = 'app';
/** When the files of a version in the store were written, in seconds: round, and the same in each film. */
const longAgo = 1_700_000_000;

const layOut = (layout: Layout, version: string, source: Source): string => {
  const runtime = runtimePackage({ name: app, version, ...source });
  const dir = layout.version(version);
  writeRuntime(dir, runtime);
  const files = packageFiles(runtime);
  for (const file of files) utimesSync(path.join(dir, file.path), longAgo, longAgo);
  const natives = new Set(
    files.flatMap(file => /^node_modules\/([^/]+)\//.exec(file.path)?.slice(1, 2) ?? []),
  );
  const text = serializeTreeList({
    schema: 1,
    name: app,
    version,
    integrity: makePackage(runtime).integrity,
    entry: 'cli.js',
    natives: [...natives],
    files: files.map(({ path: file, content, mode }) => ({
      path: file,
      size: content.length,
      mode,
      sha256: createHash('sha256').update(content).digest('hex'),
      mtimeMs: longAgo * 1000,
    })),
  });
  writeFileSync(path.join(dir, treeListName), text);
  return treeDigest(text);
};

export const createWorld = async (): Promise<World> => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-story-')));
  const registry = await startRegistry();
  const layout = storeLayout(path.join(dir, 'runtime-store'));
  const bundled = path.join(dir, 'bundled');
  const packed: World['packed'] = (version, source = {}) =>
    makePackage(runtimePackage({ name: app, version, ...source }));
  const bundle: World['bundle'] = (version, source = {}) => {
    rmSync(bundled, { recursive: true, force: true });
    mkdirSync(bundled, { recursive: true });
    writeRuntime(bundled, runtimePackage({ name: app, version, ...source }));
  };
  bundle('1.0.0');
  return {
    dir,
    layout,
    registry,
    options: {
      package: app,
      registry: registry.url,
      store: layout.root,
      bundled,
      probe: 'ipc',
      shellVersion: '1.0.0',
      limits: { retries: 0 },
    },
    packed,
    publish: (version, source) => registry.publish(packed(version, source)),
    keep: async (version, { trusted = false, pointed = false }, source = {}) => {
      const tree = layOut(layout, version, source);
      if (trusted) {
        await recordReady(fs, layout, { version, tree });
        await recordTrusted(fs, layout, { version, tree });
      }
      if (pointed) await commitPointer(fs, layout, { version, tree });
    },
    bundle,
    ...nativesWorld(bundled, registry),
    ...pluginsWorld(bundled, layout.root, registry),
    remove: async () => {
      await registry.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
