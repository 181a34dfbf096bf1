import { collectPlugins, type PluginsCollected } from '../plugins/upkeep.ts';
import { pruneAttempts } from '../store/attempts.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bytesOf } from '../store/folder.ts';
import type { Layout } from '../store/layout.ts';
import { collect, retainedVersions } from '../store/retention.ts';
import { sweepScratch } from '../store/scratch.ts';
import { bundledVersion, type UpkeepSetup } from './target.ts';

export type GarbageCollection = {
  readonly outcome: 'ok';
  /** Versions that went. */
  readonly removed: readonly string[];
  /** Leftovers of crashes that went, relative to the store. */
  readonly swept: readonly string[];
  /** Versions that nothing needs, but whose files are in use. */
  readonly inUse: readonly string[];
  readonly kept: readonly string[];
  /** The same of plugins. */
  readonly plugins: PluginsCollected;
  readonly freedBytes: number;
};

/** Removes the versions and leftovers that nothing needs, and counts what that gave back. */
export const collectGarbage = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
): Promise<GarbageCollection> => {
  const before = await bytesOf(fs, layout.root);
  const bundled = bundledVersion(fs, setup);
  const keep = (): Set<string> => retainedVersions(fs, layout, bundled);
  const swept = await sweepScratch(fs, layout);
  const { removed, inUse } = await collect(fs, layout, { keep });
  await pruneAttempts(fs, layout);
  const plugins = await collectPlugins(fs, layout.root);
  const freedBytes = Math.max(0, before - (await bytesOf(fs, layout.root)));
  return { outcome: 'ok', removed, swept, inUse, kept: [...keep()], plugins, freedBytes };
};
