import type { IpcRenderer } from 'electron';
import * as v from 'valibot';
import { channels, type StagedoorBridge } from '../../electron/bridge.ts';
import { uiCheck, uiExplanation, uiRestart, uiState } from './answers.ts';
import { assertSubscription, whenIn } from './arguments.ts';
import { type Ordering, orderingOver } from './orders.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

type Ipc = Pick<IpcRenderer, 'invoke' | 'on'>;

/** What is pushed. Electron's event stays here: its `sender` could send anything. */
const hear = (ipc: Ipc, { take }: Subscriptions): void => {
  ipc.on(channels.state, (_event, pushed: unknown) => {
    const read = v.safeParse(uiState, pushed);
    if (read.success) take(read.output);
    else reportError(new Error('stagedoor: the main process told something that is no state'));
  });
};

/** A window that is opened late, or reloaded, asks what it missed: with the first listener, and until there is an answer. */
const askOnce = (status: () => Promise<unknown>, { newest }: Subscriptions): (() => void) => {
  let asked = false;
  return () => {
    if (asked || newest() !== null) return;
    asked = true;
    status().catch((error: Error) => {
      // The main process may not be listening yet: the next listener asks again.
      asked = false;
      console.warn(`stagedoor: ${error.message}`);
    });
  };
};

const verbs = (order: Ordering, { take }: Subscriptions): Omit<StagedoorBridge, 'on'> => ({
  status: async () => take(await order({ verb: 'status' }, uiState)),
  check: () => order({ verb: 'check' }, uiCheck),
  restartToApply: async options => order({ verb: 'restartToApply', when: whenIn(options) }, uiRestart),
  hold: async () => {
    await order({ verb: 'hold' }, v.unknown());
  },
  release: async () => {
    await order({ verb: 'release' }, v.unknown());
  },
  explain: () => order({ verb: 'explain' }, uiExplanation),
});

/** The bridge over Electron's IPC. A wrong argument is a `TypeError`, a failed order an `OrderFailure`. */
export const bridgeOver = (ipc: Ipc): StagedoorBridge => {
  const subscriptions = createSubscriptions();
  hear(ipc, subscriptions);
  const own = verbs(orderingOver(ipc), subscriptions);
  const ask = askOnce(own.status, subscriptions);
  return {
    ...own,
    on: (name, listener) => {
      assertSubscription(name, listener);
      const detach = subscriptions.on(name, listener);
      ask();
      return detach;
    },
  };
};
