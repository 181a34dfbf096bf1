import type { StagedoorBridge, UiState } from '../../electron/bridge.ts';

/** What React reads: the newest state, over one subscription however many components look at it. */
export type StateStore = {
  readonly subscribe: (changed: () => void) => () => void;
  readonly snapshot: () => UiState | null;
};

const createStore = (bridge: StagedoorBridge): StateStore => {
  let state: UiState | null = null;
  let detach: (() => void) | null = null;
  const all = new Set<() => void>();
  const hear = (next: UiState): void => {
    state = next;
    for (const changed of [...all]) changed();
  };
  return {
    subscribe: changed => {
      // The same function may be passed twice, and each detaches itself alone.
      const own = (): void => changed();
      all.add(own);
      detach ??= bridge.on('state', hear);
      return () => {
        all.delete(own);
        if (all.size > 0) return;
        detach?.();
        detach = null;
      };
    },
    snapshot: () => state,
  };
};

const ofBridge = new WeakMap<StagedoorBridge, StateStore>();

export const storeOf = (bridge: StagedoorBridge): StateStore => {
  const store = ofBridge.get(bridge) ?? createStore(bridge);
  ofBridge.set(bridge, store);
  return store;
};

/** Of a page without a preload, and of a server. */
export const emptyStore: StateStore = { subscribe: () => () => undefined, snapshot: () => null };
