import { assign, emit, setup } from 'xstate';
import type {
  BadMark,
  CheckRequest,
  CheckResult,
  CommitInput,
  CommitOutput,
  DownloadOutput,
  ExtractOutput,
  Incompatibility,
  NativesOutput,
  Refusal,
  Release,
  ScratchInput,
  VerifyOutput,
} from './contract.ts';
import { type Failure, failureOf, isRetryable } from './failure.ts';
import { backoffDelay, defaultSchedule, nextCheckDelay, type Schedule } from './schedule.ts';
import { slot } from './slot.ts';

/** How one run of the chart ended; the host is told by `update.settled`. */
export type UpdateResult =
  | { readonly kind: 'staged'; readonly version: string; readonly superseded: string | null }
  | { readonly kind: 'available'; readonly version: string; readonly current: string | null }
  | { readonly kind: 'upToDate'; readonly version: string; readonly current: string }
  | { readonly kind: 'alreadyStaged'; readonly version: string }
  | { readonly kind: 'badVersion'; readonly version: string; readonly mark: BadMark }
  | { readonly kind: 'incompatible'; readonly version: string; readonly reason: Incompatibility }
  | { readonly kind: 'deferred'; readonly version: string; readonly refusal: Refusal }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type UpdateInput = {
  /** The times of the checks it makes by itself; null: it only does what it is told. */
  readonly schedule: Schedule | null;
};

export type UpdateContext = {
  readonly schedule: Schedule | null;
  /** `check` asks and changes nothing, `stage` goes on to the pointer. */
  readonly order: 'check' | 'stage';
  readonly origin: CheckRequest['origin'];
  /** Why nothing may be staged for now (the running version is unproven); null: it may. */
  readonly deferral: Refusal | null;
  readonly release: Release | null;
  readonly current: string | null;
  readonly scratch: string | null;
  readonly tree: string | null;
  readonly result: UpdateResult | null;
  /** Failures in a row that are worth a retry: the exponent of the backoff. */
  readonly failures: number;
};

export type UpdateEvent =
  | { readonly type: 'update.check'; readonly origin: CheckRequest['origin'] }
  | { readonly type: 'update.stage'; readonly origin: CheckRequest['origin'] }
  | { readonly type: 'update.cancel' }
  | { readonly type: 'update.defer'; readonly refusal: Refusal }
  | { readonly type: 'update.permit' }
  | { readonly type: 'update.schedule'; readonly schedule: Schedule | null };

export type UpdateEmitted =
  | { readonly type: 'update.settled'; readonly result: UpdateResult }
  | { readonly type: 'update.staged'; readonly version: string; readonly superseded: string | null };

const nothing: Release = { name: '', version: '0.0.0', integrity: '', unpackedSize: undefined };
const scratchInput = ({ context }: { context: UpdateContext }): ScratchInput => ({
  release: context.release ?? nothing,
  scratch: context.scratch ?? '',
});
const offered = (result: CheckResult): result is Extract<CheckResult, { kind: 'available' | 'adoptable' }> =>
  result.kind === 'available' || result.kind === 'adoptable';

/** What a check that offers nothing to stage means for the host. */
const resultOf = (check: CheckResult, context: UpdateContext): UpdateResult => {
  if (!offered(check)) return check;
  const { version } = check.release;
  const refusal = context.deferral ?? check.refusal;
  return context.order === 'stage' && refusal !== null
    ? { kind: 'deferred', version, refusal }
    : { kind: 'available', version, current: check.current };
};

const updateSetup = setup({
  types: {
    input: {} as UpdateInput,
    context: {} as UpdateContext,
    events: {} as UpdateEvent,
    emitted: {} as UpdateEmitted,
    tags: {} as 'busy' | 'resting' | 'waiting' | 'visible',
    children: {} as {
      checkRegistry: 'checkRegistry';
      adoptFolder: 'adoptFolder';
      download: 'download';
      extract: 'extract';
      stageNatives: 'stageNatives';
      verifyTree: 'verifyTree';
      commitPointer: 'commitPointer';
      cleanScratch: 'cleanScratch';
    },
  },
  actors: {
    checkRegistry: slot<CheckResult, CheckRequest>('checkRegistry'),
    adoptFolder: slot<VerifyOutput, ScratchInput>('adoptFolder'),
    download: slot<DownloadOutput, ScratchInput>('download'),
    extract: slot<ExtractOutput, ScratchInput>('extract'),
    stageNatives: slot<NativesOutput, ScratchInput>('stageNatives'),
    verifyTree: slot<VerifyOutput, ScratchInput>('verifyTree'),
    commitPointer: slot<CommitOutput, CommitInput>('commitPointer'),
    cleanScratch: slot<void, { readonly scratch: string | null }>('cleanScratch'),
  },
  delays: {
    nextCheck: ({ context }) => nextCheckDelay(context.schedule ?? defaultSchedule, 0.5),
    backoff: ({ context }) =>
      backoffDelay(
        context.schedule ?? defaultSchedule,
        context.failures,
        context.result?.kind === 'failed' ? context.result.failure.retryAfterMs : undefined,
        0.5,
      ),
  },
  guards: {
    isUpToDate: (_, answer: CheckResult) => answer.kind === 'upToDate',
    isAlreadyStaged: (_, answer: CheckResult) => answer.kind === 'alreadyStaged',
    isBadVersion: (_, answer: CheckResult) => answer.kind === 'badVersion',
    isIncompatible: (_, answer: CheckResult) => answer.kind === 'incompatible',
    isOnlyAsked: ({ context }, answer: CheckResult) => offered(answer) && context.order === 'check',
    isDeferred: ({ context }, answer: CheckResult) =>
      offered(answer) && (context.deferral ?? answer.refusal) !== null,
    isAdoptable: (_, answer: CheckResult) => answer.kind === 'adoptable',
    isScheduled: ({ context }) => context.schedule !== null,
    wasCancelled: ({ context }) => context.result?.kind === 'cancelled',
    isWorthRetrying: ({ context }) =>
      context.result?.kind === 'failed' && isRetryable(context.result.failure),
  },
  actions: {
    orderCheck: assign({
      order: 'check',
      origin: ({ event }) => ('origin' in event ? event.origin : 'host'),
    }),
    orderStage: assign({
      order: 'stage',
      origin: ({ event }) => ('origin' in event ? event.origin : 'schedule'),
    }),
    escalate: assign({ order: 'stage' }),
    recordDeferral: assign({
      deferral: ({ event }) => (event.type === 'update.defer' ? event.refusal : null),
    }),
    recordSchedule: assign({
      schedule: ({ context, event }) =>
        event.type === 'update.schedule' ? event.schedule : context.schedule,
    }),
    forgetRun: assign({ release: null, current: null, scratch: null, tree: null, result: null }),
    recordAnswer: assign({
      result: ({ context }, answer: CheckResult) => resultOf(answer, context),
      release: (_, answer: CheckResult) => (offered(answer) ? answer.release : null),
      current: (_, answer: CheckResult) => (offered(answer) ? answer.current : null),
      scratch: (_, answer: CheckResult) => (offered(answer) ? answer.scratch : null),
      failures: 0,
    }),
    recordTree: assign({ tree: (_, output: VerifyOutput) => output.tree }),
    recordCommit: assign({
      result: ({ context }, output: CommitOutput) => ({
        kind: 'staged' as const,
        version: context.release?.version ?? '',
        superseded: output.superseded,
      }),
    }),
    recordFailure: assign({
      result: (_, error: unknown) => ({ kind: 'failed' as const, failure: failureOf(error) }),
    }),
    recordCancelled: assign({ result: { kind: 'cancelled' } }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    tellSettled: emit(({ context }) => ({
      type: 'update.settled' as const,
      result: context.result ?? { kind: 'cancelled' as const },
    })),
    tellStaged: emit(({ context }) => ({
      type: 'update.staged' as const,
      version: context.release?.version ?? '',
      superseded: context.result?.kind === 'staged' ? context.result.superseded : null,
    })),
  },
});

const answer = ({ event }: { event: { output: CheckResult } }): CheckResult => event.output;
const tree = ({ event }: { event: { output: VerifyOutput } }): VerifyOutput => event.output;
const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;

/** What every step of staging does with a fault: record it, clean up, then rest or back off. */
const abandon = {
  target: '#update.cleaning',
  actions: { type: 'recordFailure', params: fault },
} as const;

/**
 * Keeps the store one version ahead of the registry. Before `committingPointer` is left, no failure changes which
 * runtime would be launched (U-06).
 */
export const updateMachine = updateSetup.createMachine({
  id: 'update',
  description: 'Checks the registry and stages a newer runtime beside the running one.',
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
        deferred: {
          description: 'Newer, but not now: the running version is unproven, or another one is pinned.',
          entry: 'tellSettled',
          on: {
            'update.permit': {
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
    working: {
      description: 'One run. There is no second one beside it: who asks joins.',
      tags: ['busy'],
      initial: 'checking',
      entry: 'forgetRun',
      on: {
        'update.cancel': {
          target: 'cleaning',
          actions: 'recordCancelled',
          description: 'everything before the commit can be abandoned',
        },
      },
      states: {
        checking: {
          description:
            'Asks for the channel and compares with max(pointer, bundled). Changes nothing on disk.',
          on: {
            'update.stage': {
              actions: 'escalate',
              description: 'joins the check in flight and goes on to stage',
            },
          },
          invoke: {
            id: 'checkRegistry',
            src: 'checkRegistry',
            input: ({ context }) => ({ origin: context.origin }),
            onDone: [
              {
                guard: { type: 'isUpToDate', params: answer },
                target: '#update.resting.upToDate',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isAlreadyStaged', params: answer },
                target: '#update.resting.alreadyStaged',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isBadVersion', params: answer },
                target: '#update.resting.badVersion',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isIncompatible', params: answer },
                target: '#update.resting.incompatible',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isOnlyAsked', params: answer },
                target: '#update.resting.available',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isDeferred', params: answer },
                target: '#update.resting.deferred',
                actions: { type: 'recordAnswer', params: answer },
              },
              {
                guard: { type: 'isAdoptable', params: answer },
                target: 'adopting',
                actions: { type: 'recordAnswer', params: answer },
                description: 'a finished folder of this version is there, only the pointer was not written',
              },
              {
                target: 'downloading',
                actions: { type: 'recordAnswer', params: answer },
                description: 'a newer version is on offer',
              },
            ],
            onError: abandon,
          },
        },
        adopting: {
          description: 'Checks every byte of the finished folder instead of downloading it again (U-10).',
          invoke: {
            id: 'adoptFolder',
            src: 'adoptFolder',
            input: scratchInput,
            onDone: { target: 'committingPointer', actions: { type: 'recordTree', params: tree } },
            onError: { target: 'downloading', description: 'the folder is damaged: staged anew' },
          },
        },
        downloading: {
          description:
            'The tarball into the scratch folder; only bytes with the announced SHA-512 are opened.',
          invoke: {
            id: 'download',
            src: 'download',
            input: scratchInput,
            onDone: { target: 'extracting' },
            onError: abandon,
          },
        },
        extracting: {
          description: 'Strict unpacking with the hash of every file taken while it is written.',
          invoke: {
            id: 'extract',
            src: 'extract',
            input: scratchInput,
            onDone: { target: 'stagingNativeDeps' },
            onError: abandon,
          },
        },
        stagingNativeDeps: {
          description: 'Copies the native modules of the bundle, links followed.',
          invoke: {
            id: 'stageNatives',
            src: 'stageNatives',
            input: scratchInput,
            onDone: { target: 'verifying' },
            onError: abandon,
          },
        },
        verifying: {
          description:
            'Compares the tree with the list of the tarball, writes the tree list, flushes everything.',
          invoke: {
            id: 'verifyTree',
            src: 'verifyTree',
            input: scratchInput,
            onDone: { target: 'committingPointer', actions: { type: 'recordTree', params: tree } },
            onError: abandon,
          },
        },
        committingPointer: {
          description:
            'Renames the folder into its place, then replaces the pointer: the one step that counts.',
          on: { 'update.cancel': { description: 'too late: a commit is finished, not interrupted' } },
          invoke: {
            id: 'commitPointer',
            src: 'commitPointer',
            input: ({ context }) => ({ ...scratchInput({ context }), tree: context.tree ?? '' }),
            onDone: {
              target: '#update.resting.staged',
              actions: { type: 'recordCommit', params: ({ event }) => event.output },
            },
            onError: abandon,
          },
        },
      },
    },
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
