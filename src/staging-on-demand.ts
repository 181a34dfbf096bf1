import { readBundled } from './launching/bundled.ts';
import type { Abi } from './natives/abi.ts';
import type { NativeDependency } from './natives/dependency.ts';
import { probeAbi } from './natives/probe.ts';
import type { Settings } from './settings.ts';
import type { NativeSource, StagingEffects, StagingOptions } from './staging/effects.ts';
import { nodeFileSystem } from './store/file-system.ts';

/**
 * What a staged version is given; what the bundle does not have, only a tree can give. A Python is led to the bundle at each
 * launch: a copy in `node_modules` would be of no use to it.
 */
const stagedNatives = (natives: readonly NativeDependency[], abi: Abi | null): readonly NativeSource[] =>
  abi?.kind === 'python'
    ? []
    : natives.flatMap(({ name, dir, pins }) =>
        dir === null ? [] : [{ name, dir, optional: pins.length > 0 }],
      );

/** The update side begins with the first check: until then nothing of it is loaded, no worker started. */
export const stagingOnDemand = (settings: Settings): StagingEffects => {
  const { launch } = settings;
  let begun: Promise<StagingEffects> | null = null;

  const begin = async (): Promise<StagingEffects> => {
    const abi = await probeAbi(launch.exec);
    const execFacts = abi?.kind === 'node' ? abi : null;
    const bundled = readBundled(launch.fs, launch.bundledDir, launch);
    const options: StagingOptions = {
      package: launch.packageName,
      channel: settings.channel,
      registry: settings.registry,
      projectConfig: settings.projectConfig,
      systemCertificates: settings.systemCertificates,
      store: launch.layout.root,
      bundledVersion: bundled.kind === 'valid' ? bundled.bundled.version : null,
      entry: launch.entry,
      natives: stagedNatives(launch.natives, abi),
      exec: launch.exec,
      execFacts,
      abi: execFacts?.tag ?? 'unknown',
      shellName: settings.shellName,
      shellVersion: launch.shellVersion,
      limits: settings.limits,
    };
    if (launch.fs !== nodeFileSystem) {
      const { stagingInProcess } = await import('./staging/effects.ts');
      return stagingInProcess(options, launch.fs, settings.proxyFor);
    }
    const { stagingInWorker } = await import('./staging/worker-effects.ts');
    return stagingInWorker(options, settings.proxyFor);
  };

  const effects = (): Promise<StagingEffects> => {
    begun ??= begin();
    return begun;
  };

  return {
    check: async (input, signal) => (await effects()).check(input, signal),
    download: async (input, signal, report) => (await effects()).download(input, signal, report),
    extract: async (input, signal, report) => (await effects()).extract(input, signal, report),
    stageNatives: async (input, signal, report) => (await effects()).stageNatives(input, signal, report),
    fetchNatives: async (request, signal, report) => (await effects()).fetchNatives(request, signal, report),
    verify: async (input, signal, report) => (await effects()).verify(input, signal, report),
    adopt: async (input, signal) => (await effects()).adopt(input, signal),
    commit: async (input, signal) => (await effects()).commit(input, signal),
    clean: async input => (await effects()).clean(input),
    close: async () => {
      const closing = begun;
      begun = null;
      if (closing !== null) await (await closing).close();
    },
  };
};
