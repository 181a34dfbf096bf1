import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type StagingEffects, type StagingOptions, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';
import { nativeName, packageName, published, shellName, versionOf, writeNative } from './published.ts';
import { newWorld, type UpdateWorld } from './world.ts';

export type MakeEffects = (options: StagingOptions) => StagingEffects;

/** A registry and finished folders of every version, shared by the worlds of one file. */
export type Studio = {
  readonly newWorld: (make?: MakeEffects) => UpdateWorld;
  readonly close: () => Promise<void>;
};

/** Versions that are ready as finished folders: more than one walk can ask for. */
const finishedVersions = 24;

const optionsOf = (registry: string, store: string, native: string): StagingOptions => ({
  package: packageName,
  channel: 'latest',
  registry,
  store,
  bundledVersion: '1.0.0',
  entry: undefined,
  natives: [{ name: nativeName, dir: native }],
  exec: process.execPath,
  execFacts: {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    libc: 'glibc',
    modules: process.versions.modules,
  },
  abi: 'test-abi',
  shellName,
  shellVersion: '1.0.0',
  limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
});

/** Stages version after version for real; each stays as a finished folder. */
const fillTemplate = async (registry: LoopbackRegistry, store: string, native: string): Promise<void> => {
  const effects = stagingInProcess(optionsOf(registry.url, store, native));
  const { signal } = new AbortController();
  const silent = (): void => undefined;
  for (let minor = 1; minor <= finishedVersions; minor += 1) {
    registry.publish(published(versionOf(minor)));
    const offer = await effects.check({ origin: 'host' }, signal);
    if (offer.kind !== 'available') throw new Error(`the template got ${offer.kind}`);
    const input = { release: offer.release, scratch: offer.scratch };
    await effects.download(input, signal, silent);
    await effects.extract(input, signal, silent);
    await effects.stageNatives(input, signal, silent);
    const { tree } = await effects.verify(input, signal, silent);
    await effects.commit({ ...input, tree }, signal);
  }
  await effects.close();
};

/** The user's home, where npm's own cache and configuration would be. */
const moveHome = (home: string): (() => void) => {
  const before = process.env.HOME;
  mkdirSync(home);
  process.env.HOME = home;
  return () => {
    if (before === undefined) delete process.env.HOME;
    else process.env.HOME = before;
  };
};

export const createStudio = async (): Promise<Studio> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-updating-'));
  const [template, home] = [path.join(folder, 'template'), path.join(folder, 'home')];
  const moveBack = moveHome(home);
  const registry = await startRegistry();
  await fillTemplate(registry, template, writeNative(path.join(folder, 'bundle')));
  let worlds = 0;
  return {
    newWorld: (make = stagingInProcess) => {
      worlds += 1;
      const root = path.join(folder, `world-${worlds}`);
      const native = writeNative(path.join(root, 'bundle'));
      const store = path.join(root, 'store');
      const effects = make(optionsOf(registry.url, store, native));
      return newWorld({ root, store, native, template, home, registry, effects });
    },
    close: async () => {
      moveBack();
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
