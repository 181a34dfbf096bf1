import type { Ecosystem } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import { isFolder } from '../store/folder.ts';
import type { Layout } from '../store/layout.ts';
import { readPointer } from '../store/pointer.ts';
import { pluginFolder } from './place.ts';
import { type PluginRecord, readPluginRecord } from './record.ts';
import { type PluginStore, pluginStores } from './stores.ts';

/** A plugin that counts, as its pointer and its record say; its files are not looked at. */
export type InstalledPlugin = {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  /** Absolute: the folder of the npm package, or the `site-packages`. */
  readonly folder: string;
  /** Its store, for leases (P-12). */
  readonly layout: Layout;
  /** Its folder among the versions of its store. */
  readonly stamp: string;
  /** SHA-256 of the tree list, as the pointer recorded it. */
  readonly tree: string | null;
} & Pick<PluginRecord, 'wish' | 'packages' | 'demands' | 'stripped' | 'compiled'>;

/** Something is pointed to that can't be used. */
export type DamagedPlugin = {
  readonly ecosystem: Ecosystem;
  /** In lower case. */
  readonly name: string;
  readonly reason: string;
};

export type InstalledPlugins = {
  readonly plugins: readonly InstalledPlugin[];
  readonly damaged: readonly DamagedPlugin[];
};

type Look = { readonly plugin: InstalledPlugin } | { readonly reason: string } | null;

/** The plugin that a store has; null: none is installed. */
const lookAt = (fs: FileSystem, { ecosystem, name, layout }: PluginStore): Look => {
  const state = readPointer(fs, layout);
  if (state.kind === 'none') return null;
  if (state.kind === 'invalid') return { reason: `its pointer is invalid: ${state.reason}` };
  const { version: stamp, tree } = state.pointer;
  const dir = layout.version(stamp);
  if (!isFolder(fs, dir)) return { reason: 'its folder is missing' };
  const record = readPluginRecord(fs, dir);
  if (record === null) return { reason: 'its record is missing or damaged' };
  const { wish, version, packages, demands, stripped, compiled } = record;
  if (wish.ecosystem !== ecosystem || wish.name.toLowerCase() !== name)
    return { reason: 'its record is that of another plugin' };
  const folder = pluginFolder(dir, ecosystem, wish.name);
  if (!isFolder(fs, folder)) return { reason: 'its package is missing' };
  const said = { wish, version, packages, demands, stripped, compiled };
  return { plugin: { ecosystem, name: wish.name, folder, layout, stamp, tree, ...said } };
};

/** The plugin of this name that is installed, in whatever case it is written; null for none, and for a damaged one. */
export const installedPlugin = (fs: FileSystem, store: PluginStore): InstalledPlugin | null => {
  const look = lookAt(fs, store);
  return look !== null && 'plugin' in look ? look.plugin : null;
};

/**
 * What is installed in a store, by ecosystem and name, and what is damaged. Reads a pointer and a record for each, and is on
 * the path of every start. Never throws for what a file holds.
 */
export const installedPlugins = (fs: FileSystem, store: string): InstalledPlugins => {
  const [plugins, damaged]: [InstalledPlugin[], DamagedPlugin[]] = [[], []];
  for (const one of pluginStores(fs, store)) {
    const look = lookAt(fs, one);
    if (look === null) continue;
    if ('plugin' in look) plugins.push(look.plugin);
    else damaged.push({ ecosystem: one.ecosystem, name: one.name, reason: look.reason });
  }
  return { plugins, damaged };
};
