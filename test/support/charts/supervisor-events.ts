import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { broke, done } from './exploration.ts';
import { exit, failure } from './samples.ts';

/** A snapshot as far as the supervisor looks at it. */
const seen = (name: 'launch' | 'update', sight: { up?: boolean; staged?: string | null }): EventObject => {
  const { up = false, staged = null } = sight;
  const result = staged === null ? null : { kind: 'staged', version: staged };
  const snapshot = { sight, hasTag: (tag: string) => up && tag === 'healthy', context: { result } };
  const event = { type: `xstate.snapshot.${name}`, snapshot };
  return event;
};

const order = { kind: 'rollback', version: undefined } as const;
const result = { outcome: 'nothing-to-roll-back' } as const;
const restarts = [true, false].map(consent => ({ type: 'supervisor.restart', consent }));
const leases = ['a', 'b'];

/** What is worth exploring of each event of the supervisor. */
export const supervisorEvents: Readonly<Record<string, readonly EventObject[]>> = {
  'supervisor.restart': restarts,
  'supervisor.order': [{ type: 'supervisor.order', order } as EventObject],
  'lease.taken': leases.map(id => ({ type: 'lease.taken', id, name: id })),
  'lease.ended': leases.map(id => ({ type: 'lease.ended', id })),
  'xstate.snapshot.launch': [true, false].map(up => seen('launch', { up })),
  'xstate.snapshot.update': ['1.1.0', null].map(staged => seen('update', { staged })),
  'xstate.done.actor.launch': [
    done('launch', { kind: 'exhausted', failure: failure('LAUNCH_TIMED_OUT'), exit: null }),
    done('launch', { kind: 'ended', exit: exit({ code: 0 }) }),
    done('launch', { kind: 'stopped' }),
  ],
  'xstate.done.actor.changeStore': [true, false].map(leave => done('changeStore', { result, leave })),
  'xstate.error.actor.launch': [broke('launch', failure('INTERNAL'))],
  'xstate.error.actor.update': [broke('update', failure('INTERNAL'))],
  'xstate.error.actor.changeStore': [broke('changeStore', failure('VERSION_UNKNOWN'))],
};

/** Raised by the chart itself: never sent to it. */
const raised = ['runtime.proven', 'runtime.unproven', 'runtime.lost', 'launch.over', 'update.landed'];

/**
 * Leases and orders touch nothing else but restarts: one lease does, taken where something is up, but for a restart that
 * waits; while an order is in work none begins. What is staged counts where it may be the cure.
 */
export const supervisorOutcomes = (
  type: string,
  state: AnyMachineSnapshot,
): readonly EventObject[] | undefined => {
  const waits = state.matches({ runtime: { launched: 'waitingForIdle' } });
  const busy = state.matches({ orders: 'changingStore' });
  const events = supervisorEvents[type];
  const up = state.matches({ runtime: { launched: 'healthy' } });
  if (raised.includes(type) || (type === 'lease.taken' && !waits && (busy || !up))) return [];
  if (type === 'lease.taken' || type === 'lease.ended') return waits ? events : events?.slice(0, 1);
  const cures = state.matches({ runtime: 'down' });
  return type === 'xstate.snapshot.update' && (busy || !cures) ? events?.slice(1) : events;
};
