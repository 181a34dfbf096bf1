import { assign, emit, raise, type SnapshotFrom, sendTo, setup } from 'xstate';
import type { Exit, Refusal } from './contract.ts';
import { type Failure, failureOf } from './failure.ts';
import { type LaunchInput, type LaunchOutput, launchMachine } from './launch.ts';
import { defaultSchedule, firstCheckDelay, type Schedule } from './schedule.ts';
import { slot } from './slot.ts';
import { updateMachine } from './update.ts';

/** A change of the store that the user orders; one at a time. */
export type StoreOrder =
  | { readonly kind: 'rollback'; readonly version: string | undefined }
  | { readonly kind: 'pin'; readonly version: string }
  | { readonly kind: 'unpin' };

/** What came of it. `leave`: the running version is the one to leave, as soon as no work is running. */
export type StoreChange = { readonly result: StoreResult; readonly leave: boolean };
export type StoreResult =
  | { readonly outcome: 'rolled-back'; readonly from: string; readonly to: string }
  | { readonly outcome: 'nothing-to-roll-back' }
  | { readonly outcome: 'pinned'; readonly version: string }
  | { readonly outcome: 'unpinned'; readonly version: string | null };

export type SupervisorInput = {
  /** Null: no updater at all, as in a development shell (C-04). */
  readonly schedule: Schedule | null;
  readonly launch: LaunchInput;
};

export type SupervisorContext = SupervisorInput & {
  /** Running work by id; a restart waits for it. */
  readonly leases: readonly { readonly id: string; readonly name: string }[];
  readonly order: StoreOrder | null;
  /** The version that the updater has staged in this run. */
  readonly staged: string | null;
  /** Why nothing runs, while nothing does. */
  readonly lost: { readonly failure: Failure; readonly exit: Exit | null } | null;
};

export type SupervisorEvent =
  | { readonly type: 'supervisor.start' }
  | { readonly type: 'supervisor.stop' }
  /** `consent`: the user agrees to interrupt running work. */
  | { readonly type: 'supervisor.restart'; readonly consent: boolean }
  | { readonly type: 'supervisor.check' }
  | { readonly type: 'supervisor.update' }
  | { readonly type: 'supervisor.cancel' }
  | { readonly type: 'supervisor.hold' }
  | { readonly type: 'supervisor.release' }
  | { readonly type: 'supervisor.order'; readonly order: StoreOrder }
  | { readonly type: 'lease.taken'; readonly id: string; readonly name: string }
  | { readonly type: 'lease.ended'; readonly id: string }
  | { readonly type: 'runtime.proven' }
  | { readonly type: 'runtime.unproven' }
  | { readonly type: 'runtime.lost' }
  | { readonly type: 'launch.over'; readonly output: LaunchOutput }
  | { readonly type: 'update.landed' };

export type SupervisorEmitted =
  | { readonly type: 'supervisor.restartPending'; readonly leases: readonly string[] }
  | { readonly type: 'supervisor.ordered'; readonly change: StoreChange }
  | { readonly type: 'supervisor.orderFailed'; readonly failure: Failure };

const unproven: Refusal = {
  code: 'runtime-unproven',
  version: null,
  message: 'nothing is downloaded while the running version has not proven healthy',
};

const stagedVersion = (snapshot: SnapshotFrom<typeof updateMachine>): string | null =>
  snapshot.context.result?.kind === 'staged' ? snapshot.context.result.version : null;

const supervisorSetup = setup({
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
    stopLaunch: sendTo('launch', { type: 'launch.stop' }),
    restartLaunch: sendTo('launch', { type: 'launch.restart' }),
    deferStaging: sendTo('update', { type: 'update.defer', refusal: unproven }),
    permitStaging: sendTo('update', { type: 'update.permit' }),
    checkNow: sendTo('update', { type: 'update.check', origin: 'host' }),
    updateNow: sendTo('update', { type: 'update.stage', origin: 'host' }),
    updateOnSchedule: sendTo('update', { type: 'update.stage', origin: 'schedule' }),
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

const output = ({ event }: { event: { output: LaunchOutput } }): LaunchOutput => event.output;
const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
const change = ({ event }: { event: { output: StoreChange } }): StoreChange => event.output;

/** Launch, update and the user's orders side by side; whose turn it is follows from the health of the runtime. */
export const supervisorMachine = supervisorSetup.createMachine({
  id: 'supervisor',
  description:
    'Launches at once, checks on a schedule, applies what is staged when nothing is interrupted by it.',
  context: ({ input }) => ({ ...input, leases: [], order: null, staged: null, lost: null }),
  type: 'parallel',
  options: { maxIterations: 100 },
  on: {
    'lease.taken': { actions: 'addLease', description: 'running work that a restart must wait for' },
    'lease.ended': { actions: 'dropLease' },
    'supervisor.check': { actions: 'checkNow', description: 'asks; joins a check in flight' },
    'supervisor.update': { actions: 'updateNow', description: 'asks and stages; joins one in flight' },
    'supervisor.cancel': { actions: 'cancelUpdate' },
  },
  states: {
    runtime: {
      description: 'Whether the app has a running runtime.',
      initial: 'dormant',
      states: {
        dormant: {
          description: 'Nothing launched yet; a command line that only checks stays here.',
          on: {
            'supervisor.start': { target: 'launched' },
            'supervisor.stop': { target: 'stopped', description: 'a check in flight is cancelled (C-03)' },
          },
        },
        launched: {
          description: 'The launch chart runs.',
          initial: 'starting',
          invoke: {
            id: 'launch',
            systemId: 'launch',
            src: 'launch',
            input: ({ context }) => context.launch,
            onSnapshot: { actions: { type: 'observeHealth', params: ({ event }) => event.snapshot } },
            onDone: { actions: { type: 'announceEnd', params: output } },
            onError: {
              actions: { type: 'announceDefect', params: fault },
              description: 'a defect of ours: the runtime counts as lost',
            },
          },
          on: {
            'supervisor.stop': { target: '.stopping' },
            'launch.over': [
              { guard: 'isExhausted', target: 'down', actions: 'recordLoss', description: 'nothing starts' },
              { guard: 'isEnded', target: 'ended', description: 'ended by intention' },
              { target: 'stopped' },
            ],
          },
          states: {
            starting: {
              description: 'Not proven: whatever is on offer, nothing is downloaded.',
              tags: ['busy'],
              entry: 'deferStaging',
              on: {
                'runtime.proven': { target: 'healthy' },
                'supervisor.restart': {
                  guard: 'mayInterrupt',
                  actions: 'restartLaunch',
                  description: 'what is starting may be the very version to leave: resolved anew',
                },
              },
            },
            healthy: {
              description: 'The probe has passed.',
              tags: ['healthy'],
              entry: 'permitStaging',
              on: {
                'runtime.unproven': { target: 'starting' },
                'supervisor.restart': [
                  { guard: 'mayInterrupt', target: 'applying', actions: 'restartLaunch' },
                  {
                    target: 'waitingForIdle',
                    actions: 'tellPending',
                    description: 'running work is never interrupted without consent',
                  },
                ],
              },
            },
            waitingForIdle: {
              description: 'A restart is wanted; it happens when the last lease ends or the user consents.',
              tags: ['healthy', 'visible'],
              on: {
                'lease.ended': [
                  { guard: 'wasLastLease', target: 'applying', actions: ['dropLease', 'restartLaunch'] },
                  { actions: 'dropLease' },
                ],
                'supervisor.restart': [
                  { guard: 'mayInterrupt', target: 'applying', actions: 'restartLaunch' },
                  { actions: 'tellPending' },
                ],
                'runtime.unproven': {
                  target: 'starting',
                  description: 'it ended by itself; what is staged starts now',
                },
              },
            },
            applying: {
              description: 'The child is ended so that what is staged can start.',
              tags: ['ending'],
              on: { 'runtime.unproven': { target: 'starting' } },
            },
            stopping: {
              description: 'The child is ended with deadlines.',
              tags: ['ending'],
              entry: ['stopLaunch', 'cancelUpdate'],
              on: {
                'supervisor.stop': { description: 'already on the way' },
                'launch.over': { target: '#supervisor.runtime.stopped', description: 'however it ended' },
              },
            },
          },
        },
        down: {
          description: 'Nothing starts. Only a newer version can be the cure: it is looked for at once.',
          tags: ['visible'],
          entry: ['permitStaging', 'announceLoss'],
          on: {
            'update.landed': { target: 'launched', description: 'a version that may be the cure is staged' },
            'supervisor.start': { target: 'launched' },
            'supervisor.restart': { target: 'launched' },
            'supervisor.stop': { target: 'stopped' },
          },
        },
        ended: {
          description: 'The runtime ended by intention; an update on demand is free again.',
          entry: 'permitStaging',
          on: {
            'supervisor.start': { target: 'launched' },
            'supervisor.restart': { target: 'launched' },
            'supervisor.stop': { target: 'stopped' },
          },
        },
        stopped: {
          description: 'Ended by the host.',
          entry: ['cancelUpdate', 'permitStaging'],
          on: { 'supervisor.start': { target: 'launched' }, 'supervisor.restart': { target: 'launched' } },
        },
      },
    },
    updates: {
      description: 'When the update chart is told to look.',
      initial: 'off',
      invoke: {
        id: 'update',
        systemId: 'update',
        src: 'update',
        input: { schedule: null },
        onSnapshot: {
          guard: { type: 'isNewlyStaged', params: ({ event }) => event.snapshot },
          actions: [{ type: 'recordStaged', params: ({ event }) => event.snapshot }, 'announceLanding'],
        },
        onError: { target: '.off', description: 'a defect of ours: the app goes on without updates' },
      },
      on: {
        'supervisor.hold': { target: '.held' },
        'supervisor.stop': { target: '.off' },
      },
      states: {
        off: {
          description: 'No schedule: not started, or a development shell.',
          entry: 'unschedule',
          on: {
            'supervisor.start': { guard: 'wantsUpdates', target: 'waitingForHealth' },
            'supervisor.hold': { target: 'held.beforeStart' },
          },
        },
        waitingForHealth: {
          description: 'No check before the running version has proven healthy.',
          on: {
            'runtime.proven': { target: 'waitingForFirst' },
            'runtime.lost': { target: 'scheduled', description: 'nothing runs: look for the cure at once' },
          },
        },
        waitingForFirst: {
          description: '30 s after the runtime is healthy, and up to as long again.',
          on: {
            'runtime.unproven': { target: 'waitingForHealth' },
            'runtime.lost': { target: 'scheduled' },
          },
          after: { firstCheck: { target: 'scheduled' } },
        },
        scheduled: {
          description: 'The update chart looks now, and from then on every 30 minutes ± 20 % by itself.',
          entry: ['schedule', 'updateOnSchedule'],
          on: {
            'runtime.lost': {
              actions: 'updateOnSchedule',
              description: 'nothing runs: look for the cure at once',
            },
          },
        },
        held: {
          description: 'The host wants no checks for now; an explicit one is still answered.',
          entry: 'unschedule',
          initial: 'afterStart',
          on: { 'supervisor.hold': { description: 'already held' } },
          states: {
            beforeStart: {
              description: 'Held before there was a schedule: the release begins none.',
              on: {
                'supervisor.start': { target: 'afterStart' },
                'supervisor.release': { target: '#supervisor.updates.off' },
              },
            },
            afterStart: {
              description: 'The release goes back to the schedule.',
              on: {
                'supervisor.release': [
                  { guard: 'wantsUpdates', target: '#supervisor.updates.waitingForFirst' },
                  { target: '#supervisor.updates.off' },
                ],
              },
            },
          },
        },
      },
    },
    orders: {
      description: 'What the user orders: roll back, pin, unpin. One at a time.',
      initial: 'none',
      states: {
        none: {
          description: 'No order in work.',
          on: { 'supervisor.order': { target: 'changingStore', actions: 'recordOrder' } },
        },
        changingStore: {
          description: 'Carries the order out on disk.',
          tags: ['busy'],
          invoke: {
            id: 'changeStore',
            src: 'changeStore',
            input: ({ context }) => context.order ?? { kind: 'unpin' },
            onDone: [
              {
                guard: { type: 'mustLeave', params: change },
                target: 'none',
                actions: [{ type: 'tellOrdered', params: change }, 'askToLeave'],
                description: 'the running version is to be left',
              },
              { target: 'none', actions: { type: 'tellOrdered', params: change } },
            ],
            onError: {
              target: 'none',
              actions: { type: 'tellOrderFailed', params: fault },
            },
          },
        },
      },
    },
  },
});
