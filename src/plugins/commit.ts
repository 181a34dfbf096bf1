import type { PluginCommit, PluginCommitted, PluginWish } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { flushFolder, withBusyRetry } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { versionsInUse } from '../store/in-use.ts';
import type { Layout } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import { Contested, isThere, renameInto } from '../store/placing.ts';
import { commitPointer } from '../store/pointer.ts';
import { removeCondemned } from '../store/retention.ts';
import { strictly } from '../store/strict-reading.ts';
import { assertOnlySpelling } from './admission.ts';
import { installedPlugin } from './installed.ts';
import { stampOfPlan } from './stamp.ts';
import { lookAtPlugin } from './tree-look.ts';

/** Commits and removals of one plugin take turns. */
export const commitLock = 'commit';

const rounds = 3;

const assertUnused = (fs: FileSystem, layout: Layout, stamp: string, { name }: PluginWish): void => {
  if (!versionsInUse(strictly(fs), layout).has(stamp)) return;
  throw new StagedoorError('STORE_BUSY', `the plugin ${name} is damaged, and a runtime uses it`, {
    hint: 'End the runtime, and add the plugin again.',
  });
};

/** Rejects with STORE_BUSY for a tree that a runtime uses, with EBUSY for one that a scanner holds (P-11, P-12). */
const makeRoom = async (fs: FileSystem, layout: Layout, stamp: string, wish: PluginWish): Promise<void> => {
  await removeCondemned(fs, layout, stamp, null);
  if (!isThere(fs, layout.version(stamp))) return;
  assertUnused(fs, layout, stamp, wish);
  throw Object.assign(new Error(`versions/${stamp} can't be moved`), { code: 'EBUSY' });
};

/** Puts the tree into its place, and gives back the digest of what is there: a whole one that is there already is as good. */
const place = async (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  { plan: { wish, scratch }, verified }: PluginCommit,
  signal: AbortSignal,
): Promise<string> => {
  const target = layout.version(stamp);
  for (let round = 1; ; round += 1) {
    const look = await lookAtPlugin(fs, layout, stamp, null);
    if (look.kind === 'whole') return look.tree;
    if (look.kind === 'damaged') await withBusyRetry(() => makeRoom(fs, layout, stamp, wish), { signal });
    try {
      await withBusyRetry(() => renameInto(fs, layout.partialTree(scratch), target), { signal });
      return verified.tree;
    } catch (error) {
      // Somebody else was faster: what they put there is looked at.
      if (round === rounds || !(error instanceof Contested))
        throw error instanceof Contested ? error.cause : error;
    }
  }
};

/**
 * Renames a sealed tree into its place, then writes the pointer: the one act that counts. Whoever installs the same at the same
 * time points to the same tree.
 */
export const commitPlugin = (
  fs: FileSystem,
  layout: Layout,
  commit: PluginCommit,
  signal: AbortSignal,
): Promise<PluginCommitted> => {
  const { wish } = commit.plan;
  const stamp = stampOfPlan(commit.plan);
  return withLock(layout, commitLock, async () => {
    // Whoever was installed meanwhile was not there when this one was resolved.
    assertOnlySpelling(fs, layout, wish);
    const { ecosystem, name } = wish;
    const before = installedPlugin(fs, { ecosystem, name: name.toLowerCase(), layout });
    const tree = await place(fs, layout, stamp, commit, signal);
    await flushFolder(fs, layout.versions);
    await commitPointer(fs, layout, { version: stamp, tree }, signal);
    return { replaced: before?.version ?? null };
  });
};
