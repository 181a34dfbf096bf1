import type { PluginConflict, PluginPlan, PluginWish } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import { type InstalledPlugin, installedPlugins } from './installed.ts';
import type { NeighbourPlugin, PluginProvider } from './provider.ts';

export const asNeighbour = ({ name, version, packages, folder }: InstalledPlugin): NeighbourPlugin => ({
  ...{ name, version, packages, site: folder },
});

/** The other plugins of an ecosystem: one that is installed in another version gives way to the new one. */
export const neighboursOf = (
  fs: FileSystem,
  store: string,
  { ecosystem, name }: Pick<PluginWish, 'ecosystem' | 'name'>,
): readonly NeighbourPlugin[] =>
  installedPlugins(fs, store)
    .plugins.filter(one => one.ecosystem === ecosystem && one.name.toLowerCase() !== name.toLowerCase())
    .map(asNeighbour);

/** A plugin that is being installed, with its packages where they are unpacked already. */
export const besideOthers = (
  { beside }: Pick<PluginProvider, 'beside'>,
  { wish: { name }, version, packages }: PluginPlan,
  site: string | null,
  others: readonly NeighbourPlugin[],
): readonly PluginConflict[] => beside?.({ name, version, packages, site }, others) ?? [];
