import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { sweepWorkshops } from './python/workshop-folder.ts';
import { pluginStores } from './stores.ts';
import { tidyPlugin } from './tidying.ts';

export type PluginsCollected = {
  /** Trees that nothing points to any more. */
  readonly removed: readonly string[];
  /** What crashes left. */
  readonly swept: readonly string[];
  /** Trees that nothing points to, but whose files are in use. */
  readonly inUse: readonly string[];
};

/** Removes what nothing needs of any plugin; all names are relative to the store. */
export const collectPlugins = async (fs: FileSystem, store: string): Promise<PluginsCollected> => {
  const [removed, swept, inUse]: [string[], string[], string[]] = [[], [], []];
  // They lie outside of the store, so they are not told of.
  sweepWorkshops();
  for (const { layout } of pluginStores(fs, store)) {
    const at = path.relative(store, layout.root).replaceAll(path.sep, '/');
    const tidied = await tidyPlugin(fs, layout);
    swept.push(...tidied.swept.map(name => `${at}/${name}`));
    removed.push(...tidied.removed.map(stamp => `${at}/versions/${stamp}`));
    inUse.push(...tidied.inUse.map(stamp => `${at}/versions/${stamp}`));
  }
  return { removed, swept, inUse };
};
