import path from 'node:path';
import { coreLockName } from '../core-lock/place.ts';
import { errnoOf } from '../failure.ts';
import type { InstalledPlugin, InstalledPlugins } from '../plugins/installed.ts';
import type { FileSystem } from '../store/file-system.ts';
import { isFolder } from '../store/folder.ts';
import { type Lease, takeLease } from '../store/lease.ts';
import { fittingPlugins, loadablePlugins, wholePlugins } from './fitting-plugins.ts';
import type { PluginListener } from './plugin-listener.ts';
import type { LaunchSetup } from './setup.ts';

/** What is installed in a store: a look at a folder where nothing is. */
export type ReadPlugins = (fs: FileSystem, store: string) => InstalledPlugins;

/** The plugins of one child, and what keeps them there while it lives (P-12). */
export type PluginUse = { readonly plugins: readonly InstalledPlugin[]; readonly leases: readonly Lease[] };

/** Plugins that can't be read now are none: they cost a launch nothing. */
const readable = (read: () => InstalledPlugins, failed: (error: unknown) => void): InstalledPlugins => {
  try {
    return read();
  } catch (error) {
    failed(error);
    return { plugins: [], damaged: [] };
  }
};

/** Bytes of one variable: Linux takes 131,072, Windows 32,767 characters, and nothing starts with more (P-06). */
const longestVariable = process.platform === 'win32' ? 24_000 : 98_304;

/** As many as fit, the first ones: the rest must not keep a runtime from starting. */
const tellable = (plugins: readonly InstalledPlugin[]): readonly InstalledPlugin[] => {
  let bytes = 0;
  const end = plugins.findIndex(({ name, folder }) => {
    bytes += Buffer.byteLength(JSON.stringify({ [name]: folder }));
    return bytes > longestVariable;
  });
  return end < 0 ? plugins : plugins.slice(0, end);
};

/** What no child is told of may be repaired meanwhile. */
const releaseRest = async (
  leases: ReadonlyMap<InstalledPlugin, Lease>,
  plugins: readonly InstalledPlugin[],
  failed: PluginListener['failed'],
): Promise<void> => {
  for (const [plugin, lease] of leases) {
    if (!plugins.includes(plugin)) await lease.release().catch(failed);
  }
};

/** Each is leased before it is told: one that was replaced meanwhile is still there, or is not named. */
export const usePlugins = async (
  { fs, layout, exec }: Pick<LaunchSetup, 'fs' | 'layout' | 'exec'>,
  read: ReadPlugins,
  { damaged, misbuilt, crowded, failed }: Omit<PluginListener, 'misfit' | 'unguarded'>,
): Promise<PluginUse> => {
  const found = readable(() => read(fs, layout.root), failed);
  for (const one of found.damaged) damaged(one);
  const told = tellable(found.plugins);
  if (told.length < found.plugins.length) crowded(found.plugins.slice(told.length));
  const leases = new Map<InstalledPlugin, Lease>();
  for (const plugin of told) {
    try {
      leases.set(plugin, await takeLease(fs, plugin.layout, plugin.stamp));
    } catch (error) {
      failed(error);
    }
  }
  const there = told.filter(({ folder }) => isFolder(fs, folder));
  const whole = await wholePlugins({ fs }, there, { damaged, failed });
  const plugins = await loadablePlugins({ fs, exec }, whole, { misbuilt, failed });
  await releaseRest(leases, plugins, failed);
  return { plugins, leases: plugins.flatMap(plugin => leases.get(plugin) ?? []) };
};

/** What the runtime reads of its plugins: by ecosystem and name the folder of the package, or the `site-packages`. */
export const pluginVariables = (
  plugins: readonly Pick<InstalledPlugin, 'ecosystem' | 'name' | 'folder'>[],
): Readonly<Record<string, string>> => {
  if (plugins.length === 0) return {};
  const of = (kind: InstalledPlugin['ecosystem']): Readonly<Record<string, string>> =>
    Object.fromEntries(
      plugins.filter(({ ecosystem }) => ecosystem === kind).map(({ name, folder }) => [name, folder]),
    );
  return { STAGEDOOR_PLUGINS: JSON.stringify({ npm: of('npm'), python: of('python') }) };
};

/** The lock of the version that is started, if it has one (K-04). */
const coreLockIn = (fs: FileSystem, dir: string): string | undefined => {
  const file = path.join(dir, coreLockName);
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
};

export type ChildGuard = {
  readonly coreLockPath: string | undefined;
  /** Whether the child is kept to its lock: where there are plugins, or where the app says so. */
  readonly guarded: boolean;
  /** Those that go with its lock. */
  readonly plugins: readonly InstalledPlugin[];
};

/** Of a version and its folder; a lock that somebody else has named counts as well (K-04). */
export const childGuard = async (
  setup: Pick<LaunchSetup, 'fs' | 'coreLock' | 'env'>,
  { version, dir }: { readonly version: string; readonly dir: string },
  installed: readonly InstalledPlugin[],
  listener: Pick<PluginListener, 'misfit' | 'unguarded' | 'failed'>,
): Promise<ChildGuard> => {
  const { fs, coreLock, env } = setup;
  const coreLockPath = coreLockIn(fs, dir);
  const plugins = await fittingPlugins(setup, installed, coreLockPath, listener);
  const isThere = coreLockPath !== undefined || Boolean(env.STAGEDOOR_CORE_LOCK_PATH);
  // Its author has turned the guard off: then there is nothing to tell.
  if (!isThere && plugins.length > 0 && coreLock !== false) listener.unguarded(version, plugins);
  return { coreLockPath, guarded: isThere && (coreLock ?? plugins.length > 0), plugins };
};
