import type { Ecosystem, PluginPlan, PluginWish } from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import { ownToken } from '../process/identity.ts';
import { diskFaults } from '../staging/disk-faults.ts';
import type { Report } from '../staging/progress.ts';
import { ensureFolder } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { assertFreeSpace } from '../store/free-space.ts';
import { type Layout, newScratch } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import { readPointer } from '../store/pointer.ts';
import { openTrash } from '../store/retention.ts';
import { sweepScratch } from '../store/scratch.ts';
import { assertOnlySpelling, assertOwnName } from './admission.ts';
import { commitPlugin } from './commit.ts';
import type { PluginEffects } from './effects.ts';
import { assertBeside, besideOthers, neighboursOf } from './neighbours.ts';
import { assertOwnFolders } from './own-folders.ts';
import { pluginFolder, pluginLayout } from './place.ts';
import type { NeighbourPlugin, PluginFolders, PluginProvider, StagedPlugin } from './provider.ts';
import { unpointPlugin } from './removal.ts';
import { type SealedPlugin, sealPlugin } from './seal.ts';
import { pluginStamp } from './stamp.ts';
import { beginLock, tidyQuietly } from './tidying.ts';
import { lookAtPlugin } from './tree-look.ts';

export type PluginParts = {
  readonly fs: FileSystem;
  /** The store of the app. */
  readonly store: string;
  /** The lock that counts now, read afresh; rejects where there is none, or none that can be used (K-07). */
  readonly lock: () => Promise<CoreLock>;
  /** What knows an ecosystem, loaded when it is needed. */
  readonly provider: (ecosystem: Ecosystem) => Promise<PluginProvider>;
  readonly report: Report;
};

/** What is known of an attempt beside its plan. */
type Draft = {
  readonly lock: CoreLock;
  readonly abi: Abi | null;
  readonly others: readonly NeighbourPlugin[];
  readonly staged: StagedPlugin | null;
};

const isPresent = async (fs: FileSystem, layout: Layout, stamp: string): Promise<boolean> => {
  const state = readPointer(fs, layout);
  if (state.kind !== 'valid' || state.pointer.version !== stamp) return false;
  return (await lookAtPlugin(fs, layout, stamp, state.pointer.tree)).kind === 'whole';
};

/** Sweeps what the dead left (S-07), and makes a folder that nobody else has. */
const beginScratch = async (fs: FileSystem, layout: Layout, scratch: string): Promise<void> => {
  await sweepScratch(fs, layout);
  await withLock(layout, beginLock, async () => {
    await ensureFolder(fs, layout.versions);
    fs.mkdirSync(layout.partial(scratch), { recursive: true });
    // A disk that is full by the end lets nothing be thrown away where there is no trash.
    openTrash(fs, layout.trash);
  });
  await assertFreeSpace(fs, layout.partial(scratch));
};

/** One for a whole installation: what it has asked of an executable need not be asked again. */
const onceEach = (load: PluginParts['provider']): PluginParts['provider'] => {
  const loaded = new Map<Ecosystem, Promise<PluginProvider>>();
  return ecosystem => {
    const known = loaded.get(ecosystem) ?? load(ecosystem);
    loaded.set(ecosystem, known);
    return known;
  };
};

/** The store of plugins as the slots of their chart, over what knows the ecosystem. */
export const createPluginEffects = (parts: PluginParts): PluginEffects => {
  const { fs, store, report } = parts;
  const provider = onceEach(parts.provider);
  const drafts = new Map<string, Draft>();
  const layoutOf = ({ ecosystem, name }: PluginWish): Layout => pluginLayout(store, ecosystem, name);
  /** For whoever writes in it or takes away from it. */
  const ownLayout = (wish: PluginWish): Layout => {
    const layout = layoutOf(wish);
    assertOwnFolders(fs, store, wish.ecosystem, layout);
    return layout;
  };
  const draftOf = ({ scratch, wish }: PluginPlan): Draft => {
    const draft = drafts.get(scratch);
    if (draft !== undefined) return draft;
    throw new StagedoorError('INTERNAL', `nothing has been resolved for ${wish.name}`);
  };
  const stagedOf = (plan: PluginPlan): SealedPlugin => {
    const { staged, abi } = draftOf(plan);
    if (staged !== null) return { ...staged, abi };
    throw new StagedoorError('INTERNAL', `nothing has been unpacked for ${plan.wish.name}`);
  };
  const foldersOf = ({ wish, scratch }: PluginPlan): PluginFolders => {
    const layout = layoutOf(wish);
    return { folder: layout.partial(scratch), tree: layout.partialTree(scratch) };
  };

  const unpackedSite = (plan: PluginPlan): string =>
    pluginFolder(foldersOf(plan).tree, plan.wish.ecosystem, plan.wish.name);

  return {
    resolve: (wish, signal) =>
      diskFaults('read the plugins', signal, async () => {
        const layout = ownLayout(wish);
        const lock = await parts.lock();
        assertOwnName(wish, lock);
        assertOnlySpelling(fs, layout, wish);
        const known = await provider(wish.ecosystem);
        const others = neighboursOf(fs, store, wish, known);
        const { version, packages, demands } = await known.resolve(wish, lock, signal, others);
        const abi = (await known.abi?.()) ?? null;
        const stamp = pluginStamp(wish, { version, packages, demands }, lock, abi?.tag);
        const scratch = newScratch(stamp, ownToken());
        const present = await isPresent(fs, layout, stamp);
        drafts.set(scratch, { lock, abi, others, staged: null });
        return { wish, version, packages, demands, scratch, present };
      }),
    compare: async plan => {
      const { lock, others } = draftOf(plan);
      const known = await provider(plan.wish.ecosystem);
      const { shared, conflicts } = await known.compare(plan.demands, lock);
      return { shared, conflicts: [...conflicts, ...besideOthers(known, plan, null, others)] };
    },
    download: ({ plan }, signal) =>
      diskFaults('write the download', signal, async () => {
        await beginScratch(fs, ownLayout(plan.wish), plan.scratch);
        const { download } = await provider(plan.wish.ecosystem);
        await download(plan.packages, foldersOf(plan), signal, report);
      }),
    stage: ({ plan }, signal) =>
      diskFaults('unpack the plugin', signal, async () => {
        const draft = draftOf(plan);
        const known = await provider(plan.wish.ecosystem);
        const staged = await known.stage(plan.packages, draft.lock, foldersOf(plan), signal, report);
        drafts.set(plan.scratch, { ...draft, staged });
        const { conflicts = [] } = staged;
        if (conflicts.length > 0) return { conflicts };
        return { conflicts: besideOthers(known, plan, unpackedSite(plan), draft.others) };
      }),
    verify: ({ plan }, signal) =>
      diskFaults('verify the plugin', signal, () =>
        sealPlugin(fs, layoutOf(plan.wish), plan, stagedOf(plan), signal, report),
      ),
    commit: (commit, signal) =>
      diskFaults('put the plugin into its place', signal, async () => {
        const { wish, scratch } = commit.plan;
        const layout = ownLayout(wish);
        const known = await provider(wish.ecosystem);
        assertBeside(known, commit.plan, unpackedSite(commit.plan), neighboursOf(fs, store, wish, known));
        report({ phase: 'committing', bytes: 0, total: null });
        const committed = await commitPlugin(fs, layout, commit, signal);
        drafts.delete(scratch);
        await tidyQuietly(fs, layout, [scratch]);
        return committed;
      }),
    remove: (wish, signal) =>
      diskFaults('remove the plugin', signal, async () => {
        const layout = ownLayout(wish);
        const removed = await unpointPlugin(fs, layout, wish);
        if (removed.removed !== null) await tidyQuietly(fs, layout);
        return removed;
      }),
    clean: ({ wish, scratch }) =>
      diskFaults('remove what was staged', null, async () => {
        drafts.delete(scratch);
        await tidyQuietly(fs, layoutOf(wish), [scratch]);
      }),
  };
};
