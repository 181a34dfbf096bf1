import type { Ecosystem, PluginConflict, PluginDemand, PluginPackage } from '../../machines/contract.ts';
import type { CoreLock, LockedPackage } from '../core-lock/core-lock.ts';
import { canonicalName } from '../core-lock/python-distribution.ts';
import { sharedCopies } from '../core-lock/shared-copies.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { InstalledPlugin } from './installed.ts';
import { type Misbuilt, misbuiltFor } from './misbuilt.ts';
import { asNeighbour } from './neighbours.ts';
import type { PluginProvider } from './provider.ts';
import { lookAtPlugin } from './tree-look.ts';

/** How an installed plugin stands to the lock of a runtime. */
export type PluginState =
  | { readonly state: 'ok' }
  | { readonly state: 'conflict'; readonly conflicts: readonly PluginConflict[] }
  /** The executable of the runtime can't load what is compiled in it. */
  | { readonly state: 'misbuilt'; readonly misbuilt: Misbuilt }
  /** Its tree is not what was installed. */
  | { readonly state: 'damaged'; readonly reason: string };

const isCalled = (copy: LockedPackage, name: string): boolean =>
  copy.name.toLowerCase() === name.toLowerCase();

const broughtConflict = (
  { name, version }: PluginPackage,
  copy: LockedPackage | undefined,
  chain: readonly string[],
): readonly PluginConflict[] => {
  if (copy === undefined) return [];
  const isTheSame = copy.name === name && copy.version === version && copy.place !== null;
  if (isTheSame) return [];
  const asked = { as: name, name, range: version, chain, locked: copy.version };
  if (!isCalled(copy, name)) return [{ ...asked, reason: 'version', holder: copy.name }];
  return [
    { ...asked, reason: copy.name !== name ? 'look-alike' : copy.place === null ? 'joined' : 'version' },
  ];
};

/**
 * What came with the plugin and belongs to this runtime: its copy counts from now on, and only the very version that was brought is
 * known to do. To add the plugin again finds out.
 */
const broughtConflicts = (plugin: InstalledPlugin, lock: CoreLock): readonly PluginConflict[] => {
  const { ecosystem, name, version, packages } = plugin;
  const copies = sharedCopies(lock, ecosystem);
  const chain = [`${name}@${version}`];
  return packages.flatMap(one => broughtConflict(one, copies.get(one.name.toLowerCase()), chain));
};

const isPart = (ecosystem: Ecosystem, name: string, module: string): boolean =>
  ecosystem === 'python' && name.startsWith(`${module}.`);

/** Python takes `Foo_Bar` and `foo-bar` for one. */
const isAsked = (ecosystem: Ecosystem, name: string, demands: readonly PluginDemand[]): boolean =>
  demands.some(demand => (ecosystem === 'python' ? canonicalName(demand.name) : demand.name) === name);

/** By its own name, or as a module of Python, the namespace of one, or a part of one. */
const isInRuntime = (lock: CoreLock, ecosystem: Ecosystem, name: string): boolean =>
  sharedCopies(lock, ecosystem).has(name.toLowerCase()) ||
  lock.packages.some(
    one =>
      one.ecosystem === ecosystem &&
      one.modules.some(module => `${module}.`.startsWith(`${name}.`) || isPart(ecosystem, name, module)),
  );

/** What was left out of it because the runtime had it, and nobody has any more. */
const missedConflicts = (plugin: InstalledPlugin, lock: CoreLock): readonly PluginConflict[] => {
  const { ecosystem, name, version, demands, stripped } = plugin;
  const chain = [`${name}@${version}`];
  return stripped
    .filter(one => !isInRuntime(lock, ecosystem, one) && !isAsked(ecosystem, one, demands))
    .map(one => ({ as: one, name: one, range: '', chain, reason: 'version', locked: null }));
};

export const pluginConflicts = async (
  plugin: InstalledPlugin,
  lock: CoreLock,
  provider: Pick<PluginProvider, 'compare'>,
): Promise<readonly PluginConflict[]> => {
  const { conflicts } = await provider.compare(plugin.demands, lock);
  return [...conflicts, ...missedConflicts(plugin, lock), ...broughtConflicts(plugin, lock)];
};

/** Against the executable that the provider knows, which is asked only where something is compiled. */
export const misbuiltWith = async (
  fs: FileSystem,
  plugin: InstalledPlugin,
  provider: Pick<PluginProvider, 'abi'>,
): Promise<Misbuilt | null> => {
  const abi = plugin.compiled === null ? null : ((await provider.abi?.()) ?? null);
  return abi === null ? null : misbuiltFor(fs, plugin, abi);
};

/**
 * Holds a plugin against its own list, every file by its hash, then against the lock, the plugins beside it and the executable.
 * Changes nothing.
 */
export const checkPlugin = async (
  fs: FileSystem,
  plugin: InstalledPlugin,
  lock: CoreLock,
  provider: PluginProvider,
  others: readonly InstalledPlugin[] = [],
): Promise<PluginState> => {
  const { layout, stamp, tree } = plugin;
  const look = await lookAtPlugin(fs, layout, stamp, tree);
  if (look.kind === 'missing') return { state: 'damaged', reason: 'its folder is missing' };
  if (look.kind === 'damaged') return { state: 'damaged', reason: look.reason };
  const neighbours = others
    .filter(one => one !== plugin && one.ecosystem === plugin.ecosystem)
    .map(asNeighbour);
  const beside = provider.beside?.(asNeighbour(plugin), neighbours) ?? [];
  const conflicts = [...(await pluginConflicts(plugin, lock, provider)), ...beside];
  if (conflicts.length > 0) return { state: 'conflict', conflicts };
  const misbuilt = await misbuiltWith(fs, plugin, provider);
  return misbuilt === null ? { state: 'ok' } : { state: 'misbuilt', misbuilt };
};
