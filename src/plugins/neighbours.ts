import type { PluginConflict, PluginPlan, PluginWish } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { type InstalledPlugin, installedPlugins } from './installed.ts';
import type { NeighbourPlugin, PluginProvider } from './provider.ts';

export const asNeighbour = ({ name, version, packages, folder }: InstalledPlugin): NeighbourPlugin => ({
  ...{ name, version, packages, site: folder },
});

/** The other plugins of an ecosystem whose plugins share a place: one that is installed in another version gives way to the new one. */
export const neighboursOf = (
  fs: FileSystem,
  store: string,
  { ecosystem, name }: Pick<PluginWish, 'ecosystem' | 'name'>,
  { beside }: Pick<PluginProvider, 'beside'>,
): readonly NeighbourPlugin[] => {
  if (beside === undefined) return [];
  return installedPlugins(fs, store)
    .plugins.filter(one => one.ecosystem === ecosystem && one.name.toLowerCase() !== name.toLowerCase())
    .map(asNeighbour);
};

/** A plugin that is being installed, with its packages where they are unpacked already. */
export const besideOthers = (
  { beside }: Pick<PluginProvider, 'beside'>,
  { wish: { name }, version, packages }: PluginPlan,
  site: string | null,
  others: readonly NeighbourPlugin[],
): readonly PluginConflict[] => beside?.({ name, version, packages, site }, others) ?? [];

/** Throws STORE_BUSY for one that was installed since this one was resolved, and can't be beside it. */
export const assertBeside = (
  provider: Pick<PluginProvider, 'beside'>,
  plan: PluginPlan,
  site: string,
  others: readonly NeighbourPlugin[],
): void => {
  const [conflict] = besideOthers(provider, plan, site, others);
  if (conflict === undefined) return;
  throw new StagedoorError(
    'STORE_BUSY',
    `the plugin ${conflict.beside} was installed meanwhile, and ${plan.wish.name} can not be beside it`,
    { hint: 'Add the plugin again: it tells what is in the way.' },
  );
};
