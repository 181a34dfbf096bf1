import { assign, emit, raise, type SnapshotFrom, sendTo, setup } from 'xstate';
import type { Refusal } from '../contract.ts';
import { failureOf } from '../failure.ts';
import { type LaunchOutput, launchMachine } from '../launch.ts';
import { defaultSchedule, firstCheckDelay } from '../schedule.ts';
import { slot } from '../slot.ts';
import { updateMachine } from '../update.ts';
import type {
  StoreChange,
  StoreOrder,
  SupervisorContext,
  SupervisorEmitted,
  SupervisorEvent,
  SupervisorInput,
} from './vocabulary.ts';

const unproven: Refusal = {
  code: 'runtime-unproven',
  version: null,
  message: 'nothing is downloaded while the running version has not proven healthy',
};

const stagedVersion = (snapshot: SnapshotFrom<typeof updateMachine>): string | null =>
  snapshot.context.result?.kind === 'staged' ? snapshot.context.result.version : null;

/** Types, slots, delays, guards and actions of the supervisor chart. */
export const supervisorSetup = setup({
  types: {
    input: {} as SupervisorInput,
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    emitted: {} as SupervisorEmitted,
    tags: {} as 'healthy' | 'busy' | 'ending' | 'visible',
    children: {} as { launch: 'launch'; update: 'update'; changeStore: 'changeStore' },
  },
  actors: {
    launch: launchMachine,
    update: updateMachine,
    changeStore: slot<StoreChange, StoreOrder>('changeStore'),
  },
  delays: {
    firstCheck: ({ context }) => firstCheckDelay(context.schedule ?? defaultSchedule, 0.5),
  },
  guards: {
    wantsUpdates: ({ context }) => context.schedule !== null,
    mayInterrupt: ({ context, event }) =>
      context.leases.length === 0 || (event.type === 'supervisor.restart' && event.consent),
    wasLastLease: ({ context, event }) =>
      event.type === 'lease.ended' && context.leases.every(lease => lease.id === event.id),
    isExhausted: ({ event }) => event.type === 'launch.over' && event.output.kind === 'exhausted',
    isEnded: ({ event }) => event.type === 'launch.over' && event.output.kind === 'ended',
    isNewlyStaged: ({ context }, snapshot: SnapshotFrom<typeof updateMachine>) => {
      const version = stagedVersion(snapshot);
      return version !== null && version !== context.staged;
    },
    mustLeave: (_, change: StoreChange) => change.leave,
  },
  actions: {
    addLease: assign({
      leases: ({ context, event }) =>
        event.type === 'lease.taken'
          ? [...context.leases.filter(lease => lease.id !== event.id), { id: event.id, name: event.name }]
          : context.leases,
    }),
    dropLease: assign({
      leases: ({ context, event }) =>
        event.type === 'lease.ended' ? context.leases.filter(lease => lease.id !== event.id) : context.leases,
    }),
    recordStaged: assign({
      staged: (_, snapshot: SnapshotFrom<typeof updateMachine>) => stagedVersion(snapshot),
    }),
    recordLoss: assign({
      lost: ({ event }) =>
        event.type === 'launch.over' && event.output.kind === 'exhausted'
          ? { failure: event.output.failure, exit: event.output.exit }
          : null,
    }),
    recordOrder: assign({
      order: ({ context, event }) => (event.type === 'supervisor.order' ? event.order : context.order),
    }),
    observeHealth: raise((_, snapshot: SnapshotFrom<typeof launchMachine>) =>
      snapshot.hasTag('healthy')
        ? ({ type: 'runtime.proven' } as const)
        : ({ type: 'runtime.unproven' } as const),
    ),
    announceEnd: raise((_, output: LaunchOutput) => ({ type: 'launch.over' as const, output })),
    announceDefect: raise((_, error: unknown) => ({
      type: 'launch.over' as const,
      output: { kind: 'exhausted' as const, failure: failureOf(error), exit: null },
    })),
    announceLanding: raise({ type: 'update.landed' }),
    announceLoss: raise({ type: 'runtime.lost' }),
    askToLeave: raise({ type: 'supervisor.restart', consent: false }),
    stopLaunch: sendTo('launch', ({ event }) => ({
      type: 'launch.stop' as const,
      signal: event.type === 'supervisor.stop' ? event.signal : undefined,
    })),
    restartLaunch: sendTo('launch', { type: 'launch.restart' }),
    deferStaging: sendTo('update', { type: 'update.defer', refusal: unproven }),
    permitStaging: sendTo('update', { type: 'update.permit' }),
    checkNow: sendTo('update', { type: 'update.check', origin: 'host' }),
    updateNow: sendTo('update', { type: 'update.stage', origin: 'host' }),
    updateOnSchedule: sendTo('update', { type: 'update.stage', origin: 'schedule' }),
    wakeUpdate: sendTo('update', { type: 'update.wake' }),
    cancelUpdate: sendTo('update', { type: 'update.cancel' }),
    schedule: sendTo('update', ({ context }) => ({
      type: 'update.schedule' as const,
      schedule: context.schedule,
    })),
    unschedule: sendTo('update', { type: 'update.schedule', schedule: null }),
    tellPending: emit(({ context }) => ({
      type: 'supervisor.restartPending' as const,
      leases: context.leases.map(lease => lease.name),
    })),
    tellOrdered: emit((_, change: StoreChange) => ({ type: 'supervisor.ordered' as const, change })),
    tellOrderFailed: emit((_, error: unknown) => ({
      type: 'supervisor.orderFailed' as const,
      failure: failureOf(error),
    })),
  },
});

export const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
