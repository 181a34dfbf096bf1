import type {
  PluginCommit,
  PluginCommitted,
  PluginComparison,
  PluginDraft,
  PluginPlan,
  PluginRemoved,
  PluginStaged,
  PluginVerified,
  PluginWish,
} from '../../machines/contract.ts';

/**
 * The slots of the chart of plugins. A promise settles only when its step has really ended and writes nothing any more, also
 * after an abort; it rejects with a `StagedoorError`, or with the signal's reason.
 */
export type PluginEffects = {
  /** Writes nothing. Rejects where the lock can't be read (K-07), and where the plugin can't be found. */
  resolve(wish: PluginWish, signal: AbortSignal): Promise<PluginPlan>;
  compare(plan: PluginPlan, signal: AbortSignal): Promise<PluginComparison>;
  /** Into the scratch folder, which it makes. */
  download(draft: PluginDraft, signal: AbortSignal): Promise<void>;
  /** Unpacks; what belongs to the runtime is left out. No script of a package is run. */
  stage(draft: PluginDraft, signal: AbortSignal): Promise<PluginStaged>;
  /** Holds the tree against what was unpacked, makes it durable, and writes its list last. */
  verify(draft: PluginDraft, signal: AbortSignal): Promise<PluginVerified>;
  /** Rename, then the pointer: the one act that counts. */
  commit(commit: PluginCommit, signal: AbortSignal): Promise<PluginCommitted>;
  remove(wish: PluginWish, signal: AbortSignal): Promise<PluginRemoved>;
  clean(plan: PluginPlan): Promise<void>;
};
