import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { CoreLock, LockedPackage } from '#src/core-lock/core-lock.js';
import { byCodeUnits } from '#src/core-lock/order.js';
import { createNpmProvider, type PluginSource } from '#src/plugins/npm/provider.js';
import type { PluginFolders, PluginProvider, ResolvedPlugin, StagedPlugin } from '#src/plugins/provider.js';
import { defaultLimits } from '#src/staging/limits.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import {
  type LoopbackRegistry,
  makePackage,
  type PackageSource,
  type PackedPackage,
  startRegistry,
} from '#src/testing/index.js';
import { temporaryFolder } from '../folder.ts';

const never = new AbortController().signal;

type Manifest = Readonly<Record<string, unknown>>;
/** By `NAME@VERSION`. */
export type Published = Readonly<Record<string, Manifest>>;

const split = (spec: string): readonly [string, string] => {
  const at = spec.lastIndexOf('@');
  return [spec.slice(0, at), spec.slice(at + 1)];
};

/** A lock of `NAME@VERSION`s, each in its own folder; `NAME@VERSION|` is joined into a file. */
export const lockWith = (...specs: readonly string[]): CoreLock => ({
  schema: 1,
  packages: specs.map((text): LockedPackage => {
    const [name, version] = split(text.replace('|', ''));
    const place = text.endsWith('|') ? null : `node_modules/${name}`;
    return { ecosystem: 'npm', name, version, integrity: null, place, modules: [name] };
  }),
  aliases: {},
});

export const packed = (
  spec: string,
  manifest: Manifest = {},
  files: PackageSource['files'] = {},
): PackedPackage => {
  const [name, version] = split(spec);
  return makePackage({
    name,
    version,
    manifest,
    files: { 'index.js': `module.exports = '${spec}';\n`, ...files },
  });
};

export type NpmWorld = {
  readonly registry: LoopbackRegistry;
  readonly provider: PluginProvider;
  readonly folders: PluginFolders;
  resolve(name: string, lock: CoreLock, spec?: string | null): Promise<ResolvedPlugin>;
  /** Resolves, downloads and stages. */
  stage(name: string, lock: CoreLock): Promise<StagedPlugin>;
  /** Paths of what the registry was asked for, each once. */
  asked(): readonly string[];
};

/** A registry with these packages, and what installs plugins from it. */
export const npmWorld = async (published: Published, more: Partial<PluginSource> = {}): Promise<NpmWorld> => {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  for (const [spec, manifest] of Object.entries(published)) registry.publish(packed(spec, manifest));
  const limits = { ...defaultLimits, retries: 0, retryDelayMs: 1 };
  const provider = createNpmProvider({ registry: registry.url, limits, fs: nodeFileSystem, ...more });
  const folder = path.join(temporaryFolder('plugin'), 'attempt');
  const folders = { folder, tree: path.join(folder, 'tree') };
  const resolve: NpmWorld['resolve'] = (name, lock, spec = null) =>
    provider.resolve({ ecosystem: 'npm', name, spec }, lock, never);
  return {
    registry,
    provider,
    folders,
    resolve,
    stage: async (name, lock) => {
      const { packages } = await resolve(name, lock);
      mkdirSync(folder);
      const report = (): void => undefined;
      await provider.download(packages, folders, never, report);
      return provider.stage(packages, lock, folders, never, report);
    },
    asked: () => [...new Set(registry.requests.map(({ url }) => decodeURIComponent(url)))].sort(byCodeUnits),
  };
};

/** `place name@version` of everything that comes along. */
export const placesOf = ({ packages }: ResolvedPlugin): readonly string[] =>
  packages.map(({ place, name, version }) => `${place} ${name}@${version}`);
