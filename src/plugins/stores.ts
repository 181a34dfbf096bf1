import path from 'node:path';
import type { Ecosystem } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import { isFolder, ownNamesIn } from '../store/folder.ts';
import { type Layout, storeLayout } from '../store/layout.ts';
import { ecosystems, nameOfFolder, pluginsFolder } from './place.ts';

/** The store of one plugin, installed or not. */
export type PluginStore = {
  readonly ecosystem: Ecosystem;
  /** In lower case: how the plugin spells it says its record. */
  readonly name: string;
  readonly layout: Layout;
};

const storesOf = (fs: FileSystem, store: string, ecosystem: Ecosystem): readonly PluginStore[] => {
  const parent = pluginsFolder(store, ecosystem);
  return ownNamesIn(fs, parent).flatMap(folder => {
    const name = nameOfFolder(ecosystem, folder);
    const place = path.join(parent, folder);
    // What a link leads to is not ours, nor is a folder of any other name.
    return name !== null && isFolder(fs, place) ? [{ ecosystem, name, layout: storeLayout(place) }] : [];
  });
};

/** Every plugin that has a folder in the store, by ecosystem and name. */
export const pluginStores = (fs: FileSystem, store: string): readonly PluginStore[] =>
  isFolder(fs, path.join(store, 'plugins'))
    ? ecosystems.flatMap(ecosystem => storesOf(fs, store, ecosystem))
    : [];
