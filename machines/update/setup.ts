import { assign, emit, setup } from 'xstate';
import type {
  CheckRequest,
  CheckResult,
  CommitInput,
  CommitOutput,
  DownloadOutput,
  ExtractOutput,
  NativesOutcome,
  NativesOutput,
  Release,
  ScratchInput,
  VerifyOutput,
} from '../contract.ts';
import { failureOf, isRetryable } from '../failure.ts';
import { backoffDelay, defaultSchedule, nextCheckDelay } from '../schedule.ts';
import { slot } from '../slot.ts';
import type { UpdateContext, UpdateEmitted, UpdateEvent, UpdateInput, UpdateResult } from './vocabulary.ts';

const nothing: Release = { name: '', version: '0.0.0', integrity: '', unpackedSize: undefined };
export const scratchInput = ({ context }: { context: UpdateContext }): ScratchInput => ({
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

/** Types, slots, delays, guards and actions of the update chart. */
export const updateSetup = setup({
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
      matchNatives: 'matchNatives';
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
    matchNatives: slot<NativesOutcome, ScratchInput>('matchNatives'),
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
    isNewlyOutgrown: ({ context }, answer: CheckResult) =>
      answer.kind === 'outgrown' && !context.outgrown.includes(answer.version),
    isOutgrown: (_, answer: CheckResult) => answer.kind === 'outgrown',
    isOnlyAsked: ({ context }, answer: CheckResult) => offered(answer) && context.order === 'check',
    isDeferred: ({ context }, answer: CheckResult) =>
      offered(answer) && (context.deferral ?? answer.refusal) !== null,
    isGateClosed: (_, { failure }: NativesOutcome) => failure !== null,
    isHeldBack: ({ context }) => context.deferral !== null,
    isAdoptable: (_, answer: CheckResult) => answer.kind === 'adoptable',
    wasOvertaken: (_, output: CommitOutput) => output.kind === 'overtaken',
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
      failures: ({ context }, answer: CheckResult) => (offered(answer) ? context.failures : 0),
    }),
    recordHeldBack: assign({
      result: ({ context }) =>
        context.deferral === null
          ? context.result
          : { kind: 'deferred', version: context.release?.version ?? '', refusal: context.deferral },
    }),
    recordTree: assign({ tree: (_, output: VerifyOutput) => output.tree }),
    recordOvertaken: assign({
      result: ({ context }, output: CommitOutput) => {
        const version = context.release?.version ?? '';
        return {
          kind: 'upToDate' as const,
          version,
          current: output.kind === 'overtaken' ? output.by : version,
        };
      },
      failures: 0,
    }),
    recordCommit: assign({
      result: ({ context }, output: CommitOutput) => ({
        kind: 'staged' as const,
        version: context.release?.version ?? '',
        superseded: output.kind === 'committed' ? output.superseded : null,
      }),
      failures: 0,
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
    recordOutgrown: assign({
      outgrown: ({ context: { outgrown, result } }) =>
        result?.kind === 'outgrown' ? [...outgrown, result.version] : outgrown,
    }),
    tellOutgrown: emit(({ context: { result } }) => ({
      type: 'update.outgrown' as const,
      version: result?.kind === 'outgrown' ? result.version : '',
      needs: result?.kind === 'outgrown' ? result.needs : '',
      shell: result?.kind === 'outgrown' ? result.shell : '',
    })),
    tellStaged: emit(({ context }) => ({
      type: 'update.staged' as const,
      version: context.release?.version ?? '',
      superseded: context.result?.kind === 'staged' ? context.result.superseded : null,
    })),
  },
});
