import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LaunchSetup } from '#src/launching/setup.js';
import { launchSetup } from '#src/launching/setup.js';
import { type StagingEffects, type StagingOptions, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { writeRuntime } from '#src/testing/index.js';
import { copyTree, removeTree } from '../tree-copy.ts';
import { nativeFiles, nativeName, packageName } from './contents.ts';

/** One app on a disk: its bundle beside its store, and the registry that it asks. */
export type World = {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly bundledDir: string;
  readonly staging: StagingOptions;
  readonly setup: LaunchSetup;
};

const execFacts = {
  node: process.versions.node,
  platform: process.platform,
  arch: process.arch,
  libc: 'glibc',
  modules: process.versions.modules,
};

const worldAt = (dir: string, registry: string, fs: FileSystem = nodeFileSystem): World => {
  const layout = storeLayout(path.join(dir, 'store'));
  const bundledDir = path.join(dir, 'bundled');
  const native = { name: nativeName, dir: path.join(bundledDir, 'node_modules', nativeName) };
  return {
    fs,
    layout,
    bundledDir,
    setup: launchSetup({ package: packageName, bundled: bundledDir, store: layout.root }, fs),
    staging: {
      package: packageName,
      channel: 'latest',
      registry,
      store: layout.root,
      bundledVersion: '1.0.0',
      entry: undefined,
      natives: [native],
      exec: process.execPath,
      execFacts,
      abi: 'test-abi',
      shellVersion: '1.0.0',
      limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
    },
  };
};

/** The same disk through another port, or with another registry. */
export const through = ({ layout, staging }: World, fs: FileSystem, registry?: string): World =>
  worldAt(path.dirname(layout.root), registry ?? staging.registry ?? '', fs);

export const effectsOf = ({ staging, fs }: World): StagingEffects => stagingInProcess(staging, fs);

/** A folder with a bundled 1.0.0 and no store yet. */
export const emptyWorld = (registry: string, below: string = tmpdir()): World => {
  const dir = realpathSync(mkdtempSync(path.join(below, 'stagedoor-faults-')));
  const world = worldAt(dir, registry);
  const files = { 'cli.js': 'console.log("bundled");\n' };
  writeRuntime(world.bundledDir, { name: packageName, version: '1.0.0', files, manifest: { bin: 'cli.js' } });
  const native = path.join(world.bundledDir, 'node_modules', nativeName);
  mkdirSync(native, { recursive: true });
  for (const [name, text] of Object.entries(nativeFiles)) writeFileSync(path.join(native, name), text);
  return world;
};

export const discard = ({ layout }: World): void => removeTree(path.dirname(layout.root));

/** The disk as it is now, in a folder of its own, times included: the tree lists name them. */
export const copyOf = ({ layout, staging }: World, below: string = tmpdir()): World => {
  const dir = realpathSync(mkdtempSync(path.join(below, 'stagedoor-faults-')));
  copyTree(path.dirname(layout.root), dir);
  return worldAt(dir, staging.registry ?? '');
};
