import type { ActorLogic, EventObject, Snapshot } from 'xstate';
import type { launchMachine } from '#machines/launch.js';
import { type StoreChange, type StoreOrder, supervisorMachine } from '#machines/supervisor.js';
import type { updateMachine } from '#machines/update.js';
import { scripted, type Trace } from './slots.ts';
import type { SupervisorTrace } from './supervisor-invariants.ts';

type Entry = SupervisorTrace[number];

/**
 * A child chart that says nothing by itself: what it would say comes as events of the path. A snapshot that is not active
 * is not reported to the parent.
 */
const silent = (trace: Entry[], slot: 'launch' | 'update'): ActorLogic<Snapshot<undefined>, EventObject> => {
  const quiet: Snapshot<undefined> = { status: 'stopped', output: undefined, error: undefined };
  return {
    getInitialSnapshot: () => quiet,
    getPersistedSnapshot: () => quiet,
    start: () => {
      trace.push({ kind: 'begin', slot, input: null });
    },
    transition: (snapshot, event) => {
      if (event.type === 'xstate.stop') trace.push({ kind: 'abort', slot, input: null });
      else trace.push({ kind: 'ordered', to: slot, event });
      return snapshot;
    },
  };
};

/** The supervisor alone, with children and an effect that never settle. */
export const supervisorAlone = (trace: Entry[]) =>
  supervisorMachine.provide({
    actors: {
      launch: silent(trace, 'launch') as unknown as typeof launchMachine,
      update: silent(trace, 'update') as unknown as typeof updateMachine,
      changeStore: scripted<StoreChange, StoreOrder>(trace as Trace, 'changeStore').logic,
    },
  });
