import type { PluginConflict, PluginDemand } from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { sharedCopies } from '../core-lock/shared-copies.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { InstalledPlugin } from './installed.ts';
import type { PluginProvider } from './provider.ts';
import { lookAtPlugin } from './tree-look.ts';

/** How an installed plugin stands to the lock of a runtime. */
export type PluginState =
  | { readonly state: 'ok' }
  | { readonly state: 'conflict'; readonly conflicts: readonly PluginConflict[] }
  /** Its tree is not what was installed. */
  | { readonly state: 'damaged'; readonly reason: string };

type Copies = ReturnType<typeof sharedCopies>;

/**
 * What came with the plugin and belongs to this runtime: its copy counts from now on, and only the very version that was brought is
 * known to do.
 */
const broughtDemands = (
  { ecosystem, name, version, packages }: InstalledPlugin,
  copies: Copies,
): readonly PluginDemand[] =>
  packages
    .filter(brought => copies.has(brought.name.toLowerCase()))
    .map(brought => ({
      ...{ as: brought.name, name: brought.name, chain: [`${name}@${version}`] },
      range: ecosystem === 'python' ? `==${brought.version}` : brought.version,
    }));

/** What it was given by the runtime that it was installed for, and this one has not. */
const missing = ({ demands }: InstalledPlugin, copies: Copies): readonly PluginConflict[] =>
  demands
    .filter(({ as, name }) => [as, name].every(one => !copies.has(one.toLowerCase())))
    .map(demand => ({ ...demand, reason: 'version', locked: null }));

/** Each once: what is missing may be a conflict of the provider's, too. */
const distinct = (conflicts: readonly PluginConflict[]): readonly PluginConflict[] => [
  ...new Map(conflicts.map(one => [JSON.stringify([one.as, one.name, one.range, one.chain]), one])).values(),
];

export const pluginConflicts = async (
  plugin: InstalledPlugin,
  lock: CoreLock,
  provider: PluginProvider,
): Promise<readonly PluginConflict[]> => {
  const copies = sharedCopies(lock, plugin.ecosystem);
  const demands = [...plugin.demands, ...broughtDemands(plugin, copies)];
  const { conflicts } = await provider.compare(demands, lock);
  return distinct([...missing(plugin, copies), ...conflicts]);
};

/** Holds a plugin against its own list, every file by its hash, then against the lock. Changes nothing. */
export const checkPlugin = async (
  fs: FileSystem,
  plugin: InstalledPlugin,
  lock: CoreLock,
  provider: PluginProvider,
): Promise<PluginState> => {
  const { layout, stamp, tree } = plugin;
  const look = await lookAtPlugin(fs, layout, stamp, tree);
  if (look.kind === 'missing') return { state: 'damaged', reason: 'its folder is missing' };
  if (look.kind === 'damaged') return { state: 'damaged', reason: look.reason };
  const conflicts = await pluginConflicts(plugin, lock, provider);
  return conflicts.length === 0 ? { state: 'ok' } : { state: 'conflict', conflicts };
};
