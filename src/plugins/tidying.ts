import { errnoOf, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import { readPointer } from '../store/pointer.ts';
import { type Collected, collect } from '../store/retention.ts';
import { sweepScratch } from '../store/scratch.ts';
import { strictly } from '../store/strict-reading.ts';

/** Beginnings, and the removal of folders that nothing is left in, take turns. */
export const beginLock = 'begin';

/** Only if it is empty. */
const removeEmpty = (fs: FileSystem, dir: string): void => {
  try {
    fs.rmdirSync(dir);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};

/** The folders of a plugin that is not installed, where nothing is left in them. */
const removeSkeleton = async (fs: FileSystem, layout: Layout): Promise<void> => {
  if (readPointer(strictly(fs), layout).kind !== 'none') return;
  await withLock(layout, beginLock, async () => {
    const { attempts, cache, leases, nearTrash, versions, trash, root } = layout;
    for (const dir of [attempts, cache, leases, nearTrash, versions, trash, root]) removeEmpty(fs, dir);
  });
};

const pointed = (fs: FileSystem, layout: Layout): ReadonlySet<string> => {
  const state = readPointer(strictly(fs), layout);
  return new Set(state.kind === 'valid' ? [state.pointer.version] : []);
};

export type PluginTidied = Collected & { readonly swept: readonly string[] };

/**
 * Removes what crashes left of a plugin and every tree but the one that is pointed to; one that a runtime uses, or that is being
 * made, stays (P-12, P-13). `abandoned`: scratch folders of this process that are over.
 */
export const tidyPlugin = async (
  fs: FileSystem,
  layout: Layout,
  abandoned: readonly string[] = [],
): Promise<PluginTidied> => {
  const swept = await sweepScratch(fs, layout, { abandoned });
  const collected = await collect(fs, layout, { keep: () => pointed(fs, layout) });
  await removeSkeleton(fs, layout);
  return { ...collected, swept };
};

/** The same after something that counts already: what a disk does not let go of now goes the next time. */
export const tidyQuietly = async (
  fs: FileSystem,
  layout: Layout,
  abandoned: readonly string[] = [],
): Promise<void> => {
  try {
    await tidyPlugin(fs, layout, abandoned);
  } catch (error) {
    if (!(error instanceof StagedoorError) || error.blame !== 'disk') throw error;
  }
};
