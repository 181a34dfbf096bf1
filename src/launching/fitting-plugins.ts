import { probeAbi } from '../natives/probe.ts';
import type { InstalledPlugin } from '../plugins/installed.ts';
import { checkTree } from '../store/tree-check.ts';
import type { PluginListener } from './plugin-listener.ts';
import type { LaunchSetup } from './setup.ts';

/** Held against its list as a version is at launch (P-09); null: it is whole. */
const damageOf = async (
  { fs }: Pick<LaunchSetup, 'fs'>,
  { layout, stamp, tree }: InstalledPlugin,
): Promise<string | null> => {
  const check = await checkTree(fs, layout.version(stamp), { expectedTree: tree, depth: 'launch' });
  return check.ok ? null : `${check.path}: ${check.reason}`;
};

/** Those that are what was installed; the others are told, and so is what can't be looked at: without a proof it is left out. */
export const wholePlugins = async (
  setup: Pick<LaunchSetup, 'fs'>,
  plugins: readonly InstalledPlugin[],
  { damaged, failed }: Pick<PluginListener, 'damaged' | 'failed'>,
): Promise<readonly InstalledPlugin[]> => {
  const whole: InstalledPlugin[] = [];
  for (const plugin of plugins) {
    const { ecosystem, name } = plugin;
    try {
      const reason = await damageOf(setup, plugin);
      if (reason === null) whole.push(plugin);
      else damaged({ ecosystem, name, reason });
    } catch (error) {
      failed(error);
    }
  }
  return whole;
};

/**
 * Those whose compiled files the executable can load, as far as anybody knows (P-34). It is asked only where something is compiled,
 * and files are looked at only where it is another one than they were installed for.
 */
export const loadablePlugins = async (
  { fs, exec }: Pick<LaunchSetup, 'fs' | 'exec'>,
  plugins: readonly InstalledPlugin[],
  { misbuilt, failed }: Pick<PluginListener, 'misbuilt' | 'failed'>,
): Promise<readonly InstalledPlugin[]> => {
  if (plugins.every(({ compiled }) => compiled === null)) return plugins;
  try {
    const abi = await probeAbi(exec);
    // Of an executable that does not say what it is nobody knows.
    if (abi === null) return plugins;
    if (plugins.every(({ compiled }) => compiled === null || compiled.abi === abi.tag)) return plugins;
    const { misbuiltAmong } = await import('./plugin-builds.ts');
    const found = misbuiltAmong(fs, plugins, abi);
    for (const one of found) misbuilt(one);
    return plugins.filter(plugin => !found.some(one => one.plugin === plugin));
  } catch (error) {
    failed(error);
    return plugins;
  }
};

/**
 * Those that go with the version which is started: after an update or a rollback another lock counts (K-05). What compares is
 * loaded where there is something to compare.
 */
export const fittingPlugins = async (
  { fs, env, coreLock }: Pick<LaunchSetup, 'fs' | 'env' | 'coreLock'>,
  plugins: readonly InstalledPlugin[],
  coreLockPath: string | undefined,
  { misfit, failed }: Pick<PluginListener, 'misfit' | 'failed'>,
): Promise<readonly InstalledPlugin[]> => {
  const lock = env.STAGEDOOR_CORE_LOCK_PATH || coreLockPath;
  if (plugins.length === 0 || lock === undefined || coreLock === false) return plugins;
  try {
    const { misfitsUnder } = await import('./plugin-comparison.ts');
    const misfits = await misfitsUnder(fs, lock, plugins);
    for (const one of misfits) misfit(one);
    return plugins.filter(plugin => !misfits.some(one => one.plugin === plugin));
  } catch (error) {
    failed(error);
    return plugins;
  }
};
