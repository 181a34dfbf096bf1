import type { UiEvents, UiState } from '../../electron/bridge.ts';

type Name = keyof UiEvents;

/** The event of a state, and what makes it another event than the one before. */
const readings: { readonly [Each in Name]: (state: UiState) => readonly [UiEvents[Each], string] | null } = {
  state: state => [state, String(state.seq)],
  'update-staged': ({ staged }) => staged && [{ version: staged.version }, staged.version],
  'rolled-back': ({ rolledBack }) => rolledBack && [rolledBack, rolledBack.version],
};

/** Each listener is told each thing once. What it throws is the page's own: it reaches nobody else. */
const telling = <Each extends Name>(name: Each, listener: (event: UiEvents[Each]) => void) => {
  let told: string | null = null;
  return (state: UiState): void => {
    const read = readings[name](state);
    if (read === null || read[1] === told) return;
    told = read[1];
    try {
      listener(read[0]);
    } catch (error) {
      reportError(error);
    }
  };
};

export type Subscriptions = {
  /** The newest state that was seen. */
  readonly newest: () => UiState | null;
  /** Takes a state from the main process, unless it is stale, and gives back the newest. */
  readonly take: (state: UiState) => UiState;
  /** Tells at once what is the case already: a page that subscribes late misses nothing. */
  readonly on: <Each extends Name>(name: Each, listener: (event: UiEvents[Each]) => void) => () => void;
};

export const createSubscriptions = (): Subscriptions => {
  let newest: UiState | null = null;
  const all = new Set<(state: UiState) => void>();
  return {
    newest: () => newest,
    take: state => {
      if (newest !== null && state.seq <= newest.seq) return newest;
      newest = state;
      // A listener may detach another, or bring in a newer state by what it does.
      for (const tell of [...all]) if (all.has(tell) && newest === state) tell(state);
      return newest;
    },
    on: (name, listener) => {
      const tell = telling(name, listener);
      all.add(tell);
      if (newest !== null) tell(newest);
      return () => {
        all.delete(tell);
      };
    },
  };
};
