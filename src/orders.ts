import type { Failure } from '../machines/failure.ts';
import type { StoreOrder, StoreResult } from '../machines/supervisor.ts';
import type { SupervisorActor } from './actors/supervisor.ts';
import { StagedoorError } from './failure.ts';
import type { PinOutcome, RollbackOutcome, UnpinOutcome } from './stagedoor.ts';
import type { Journal } from './store/journal.ts';

const errorOf = ({ code, message, hint }: Failure): StagedoorError =>
  new StagedoorError(code, message, { hint });

type Orders = {
  rollback(version: string | undefined): Promise<RollbackOutcome>;
  pin(version: string): Promise<PinOutcome>;
  unpin(): Promise<UnpinOutcome>;
};

const surprising = (result: StoreResult): StagedoorError =>
  new StagedoorError('INTERNAL', `an order ended with ${result.outcome}`);

/** Gives orders to the supervisor chart and waits for what came of them. Callers take turns. */
export const createOrders = (actor: SupervisorActor, begin: () => void): Orders => {
  let last: Promise<unknown> = Promise.resolve();

  const give = (order: StoreOrder): Promise<StoreResult> =>
    new Promise((resolve, reject) => {
      const settle = (done: () => void): void => {
        for (const listener of listeners) listener.unsubscribe();
        done();
      };
      const listeners = [
        actor.on('supervisor.ordered', ({ change }) => settle(() => resolve(change.result))),
        actor.on('supervisor.orderFailed', ({ failure }) => settle(() => reject(errorOf(failure)))),
      ];
      begin();
      if (actor.getSnapshot().status !== 'active') {
        settle(() => reject(new StagedoorError('INTERNAL', 'the supervisor chart has failed')));
        return;
      }
      actor.send({ type: 'supervisor.order', order });
    });

  const queue = (order: StoreOrder): Promise<StoreResult> => {
    const turn = last.then(() => give(order));
    last = turn.catch(() => 'the caller of that order has been told');
    return turn;
  };

  return {
    rollback: async version => {
      const result = await queue({ kind: 'rollback', version });
      if (result.outcome === 'rolled-back' || result.outcome === 'nothing-to-roll-back') return result;
      throw surprising(result);
    },
    pin: async version => {
      const result = await queue({ kind: 'pin', version });
      if (result.outcome === 'pinned') return result;
      throw surprising(result);
    },
    unpin: async () => {
      const result = await queue({ kind: 'unpin' });
      if (result.outcome === 'unpinned') return result;
      throw surprising(result);
    },
  };
};

/** What an order has changed, under the names that the command line writes. */
const orderNames = { 'rolled-back': 'rollback', pinned: 'pin', unpinned: 'unpin' } as const;

export const keepOrders = (actor: SupervisorActor, journal: Journal): void => {
  actor.on('supervisor.ordered', ({ change: { result } }) => {
    if (result.outcome === 'nothing-to-roll-back' || ('version' in result && result.version === null)) return;
    journal.append({ ...result, event: `order:${orderNames[result.outcome]}` });
  });
};
