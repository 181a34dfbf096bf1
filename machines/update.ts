import { updateSetup } from './update/setup.ts';
import { working } from './update/working.ts';

export type {
  UpdateContext,
  UpdateEmitted,
  UpdateEvent,
  UpdateInput,
  UpdateResult,
} from './update/vocabulary.ts';

/**
 * Keeps the store one version ahead of the registry. Before `committingPointer` is left, no failure changes which
 * runtime would be launched (U-06).
 */
export const updateMachine = updateSetup.createMachine({
  id: 'update',
  description: 'Checks the registry and stages a newer runtime beside the running one.',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    schedule: input.schedule,
    order: 'stage',
    origin: 'host',
    deferral: null,
    release: null,
    current: null,
    scratch: null,
    tree: null,
    result: null,
    outgrown: [],
    failures: 0,
  }),
  initial: 'resting',
  on: {
    'update.defer': {
      actions: 'recordDeferral',
      description: 'the running version is not proven: check, but do not stage',
    },
    'update.permit': { actions: 'recordDeferral' },
    'update.schedule': { actions: 'recordSchedule' },
  },
  states: {
    resting: {
      description: 'Nothing is in flight. The last result is kept; one timer waits for the next check.',
      tags: ['resting'],
      initial: 'idle',
      on: {
        'update.check': { target: 'working', actions: 'orderCheck' },
        'update.stage': { target: 'working', actions: 'orderStage' },
        'update.wake': { guard: 'isScheduled', target: 'working', actions: 'orderStage' },
      },
      after: {
        nextCheck: {
          guard: 'isScheduled',
          target: 'working',
          actions: 'orderStage',
          description: 'every 30 minutes ± 20 %',
        },
      },
      states: {
        idle: { description: 'No check yet.' },
        upToDate: {
          description: 'The channel offers nothing above max(pointer, bundled).',
          entry: 'tellSettled',
        },
        available: {
          description: 'A newer version is on offer; only a check was asked for.',
          entry: 'tellSettled',
        },
        alreadyStaged: {
          description: 'The pointer names it, its entry and natives are there.',
          entry: 'tellSettled',
        },
        badVersion: { description: 'A verdict stands against it: not downloaded.', entry: 'tellSettled' },
        incompatible: {
          description: 'Its engines, os, cpu or libc do not admit this machine.',
          entry: 'tellSettled',
        },
        outgrown: {
          description: 'It needs a newer shell; the newest one that fits this shell is here.',
          tags: ['visible'],
          entry: 'tellSettled',
        },
        deferred: {
          description: 'Newer, but not now: the running version is unproven, or another one is pinned.',
          entry: 'tellSettled',
          on: {
            'update.permit': {
              guard: 'isScheduled',
              target: '#update.working',
              actions: ['recordDeferral', 'orderStage'],
              description: 'the running version has proven healthy',
            },
          },
        },
        staged: {
          description:
            'The pointer names the new version; the next launch uses it. A still newer one supersedes it.',
          tags: ['visible'],
          entry: ['tellSettled', 'tellStaged'],
        },
        cancelled: { description: 'Ended by the host before the commit.', entry: 'tellSettled' },
        failed: {
          description: 'Reported; nothing on disk changed; the next check tries again.',
          entry: 'tellSettled',
        },
      },
    },
    working,
    cleaning: {
      description: 'Waits until the abandoned step has really ended, then removes its scratch folder.',
      tags: ['busy'],
      invoke: {
        id: 'cleanScratch',
        src: 'cleanScratch',
        input: ({ context }) => ({ scratch: context.scratch }),
        onDone: { target: 'settling' },
        onError: { target: 'settling', description: 'what is left is swept at the next start' },
      },
    },
    settling: {
      description: 'Where an abandoned run goes.',
      always: [
        { guard: 'wasCancelled', target: '#update.resting.cancelled' },
        {
          guard: 'isWorthRetrying',
          target: 'backingOff',
          actions: 'countFailure',
          description: 'only an unreachable registry is asked again soon',
        },
        { target: '#update.resting.failed' },
      ],
    },
    backingOff: {
      description:
        'The registry could not be reached: exponential with full jitter up to 4 h, Retry-After honoured.',
      tags: ['resting', 'waiting'],
      entry: 'tellSettled',
      on: {
        'update.check': { target: 'working', actions: 'orderCheck' },
        'update.stage': { target: 'working', actions: 'orderStage' },
        'update.wake': {
          guard: 'isScheduled',
          target: 'working',
          actions: 'orderStage',
          description: 'the network may be back: asked without waiting for the rest of the pause',
        },
      },
      after: {
        backoff: {
          guard: 'isScheduled',
          target: 'working',
          actions: 'orderStage',
          description: 'asks again',
        },
      },
    },
  },
});
