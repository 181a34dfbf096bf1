import { useMemo, useSyncExternalStore } from 'react';
import type { StagedoorBridge, UiState, UiTag } from '../electron/bridge.ts';
import { emptyStore, storeOf } from './react/store.ts';
import { exposedBridge } from './window.ts';

export type { StagedoorBridge, UiState, UiTag } from '../electron/bridge.ts';
export { type FailureParts, failureParts } from './failure-parts.ts';
export { exposedBridge } from './window.ts';

type Verbs = Pick<StagedoorBridge, 'check' | 'restartToApply' | 'hold' | 'release' | 'explain'>;

export type UseStagedoor = Verbs & {
  /** Null until the main process has told one, in a page without the preload, and on a server. */
  readonly state: UiState | null;
  /** Whether that is the case now. */
  readonly has: (tag: UiTag) => boolean;
};

const missing = (): Promise<never> =>
  Promise.reject(
    new Error('REFUSED: window.stagedoor is not there; is stagedoor/preload the preload of this window?'),
  );

const withoutBridge: Verbs = {
  check: missing,
  restartToApply: missing,
  hold: missing,
  release: missing,
  explain: missing,
};

/**
 * What the updates are about, and the orders that a window may give. Components share one subscription; the verbs stay the
 * same functions from one rendering to the next. A failed order rejects: `failureParts(error).code` says why.
 *
 * @param bridge `window.stagedoor` by default.
 */
export const useStagedoor = (bridge: StagedoorBridge | null = exposedBridge()): UseStagedoor => {
  const store = bridge === null ? emptyStore : storeOf(bridge);
  const state = useSyncExternalStore(store.subscribe, store.snapshot, emptyStore.snapshot);
  return useMemo(() => {
    const { check, restartToApply, hold, release, explain } = bridge ?? withoutBridge;
    const has = (tag: UiTag): boolean => state?.tags.includes(tag) ?? false;
    return { state, has, check, restartToApply, hold, release, explain };
  }, [bridge, state]);
};
