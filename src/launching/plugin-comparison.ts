import type { PluginComparison, PluginConflict, PluginDemand } from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { readLock } from '../core-lock/lock-file.ts';
import { CoreLockUnreadable } from '../core-lock/lock-unreadable.ts';
import { pluginConflicts } from '../plugins/checking.ts';
import type { InstalledPlugin } from '../plugins/installed.ts';
import { compareDemands } from '../plugins/npm/comparing.ts';
import { comparePythonDemands } from '../plugins/python/comparison.ts';
import type { FileSystem } from '../store/file-system.ts';

/** A plugin that was installed under another lock than that of the version which is started. */
export type MisfitPlugin = {
  readonly plugin: InstalledPlugin;
  readonly conflicts: readonly PluginConflict[];
};

const comparing = {
  npm: { compare: async (demands: readonly PluginDemand[], lock: CoreLock) => compareDemands(demands, lock) },
  python: {
    compare: async (demands: readonly PluginDemand[], lock: CoreLock): Promise<PluginComparison> =>
      comparePythonDemands(demands, lock),
  },
} as const;

/** Null: whoever is started says that it can't be used (K-07). */
const lockIn = (fs: FileSystem, file: string): CoreLock | null => {
  try {
    return readLock(fs, file);
  } catch (error) {
    if (error instanceof CoreLockUnreadable) return null;
    throw error;
  }
};

/** Those that ask for other versions than a lock has, each with what it asks for (K-05). */
export const misfitsUnder = async (
  fs: FileSystem,
  file: string,
  plugins: readonly InstalledPlugin[],
): Promise<readonly MisfitPlugin[]> => {
  const lock = lockIn(fs, file);
  if (lock === null) return [];
  const misfits: MisfitPlugin[] = [];
  for (const plugin of plugins) {
    const conflicts = await pluginConflicts(plugin, lock, comparing[plugin.ecosystem]);
    if (conflicts.length > 0) misfits.push({ plugin, conflicts });
  }
  return misfits;
};
