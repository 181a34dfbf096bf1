import { fromPromise, type SnapshotFrom } from 'xstate';
import type {
  CheckRequest,
  CheckResult,
  CommitInput,
  CommitOutput,
  DownloadOutput,
  ExtractOutput,
  NativesOutcome,
  NativesOutput,
  ScratchInput,
  VerifyOutput,
} from '../../machines/contract.ts';
import { backoffDelay, defaultSchedule, nextCheckDelay } from '../../machines/schedule.ts';
import { updateMachine } from '../../machines/update.ts';
import type { MatchNatives } from '../natives/matching.ts';
import type { Progress, StagingEffects } from '../staging/effects.ts';
import { createLane } from './lane.ts';

export type UpdateLogic = typeof updateMachine;
export type UpdateSnapshot = SnapshotFrom<UpdateLogic>;

type Slots = NonNullable<Parameters<UpdateLogic['provide']>[0]['actors']>;
/** `provide` accepts a part; this makes every slot mandatory. */
type UpdateActors = { [Slot in keyof Slots]-?: NonNullable<Slots[Slot]> };

export type ProgressListener = (version: string, progress: Progress) => void;

/** Staging, and the question whether what is staged will have natives that fit. */
export type UpdateEffects = StagingEffects & { readonly matchNatives: MatchNatives };

const updateActors = (effects: UpdateEffects, listener: ProgressListener): UpdateActors => {
  const lane = createLane();
  const report = (input: ScratchInput) => (progress: Progress) => listener(input.release.version, progress);
  return {
    checkRegistry: fromPromise<CheckResult, CheckRequest>(({ input, signal }) =>
      lane.run(() => effects.check(input, signal)),
    ),
    adoptFolder: fromPromise<VerifyOutput, ScratchInput>(({ input, signal }) =>
      lane.run(() => effects.adopt(input, signal)),
    ),
    download: fromPromise<DownloadOutput, ScratchInput>(({ input, signal }) =>
      lane.run(() => effects.download(input, signal, report(input))),
    ),
    extract: fromPromise<ExtractOutput, ScratchInput>(({ input, signal }) =>
      lane.run(() => effects.extract(input, signal, report(input))),
    ),
    matchNatives: fromPromise<NativesOutcome, ScratchInput>(({ signal }) =>
      lane.run(() => effects.matchNatives({ candidate: null }, signal)),
    ),
    stageNatives: fromPromise<NativesOutput, ScratchInput>(({ input, signal }) =>
      lane.run(() => effects.stageNatives(input, signal, report(input))),
    ),
    verifyTree: fromPromise<VerifyOutput, ScratchInput>(({ input, signal }) =>
      lane.run(() => effects.verify(input, signal, report(input))),
    ),
    commitPointer: fromPromise<CommitOutput, CommitInput>(({ input, signal }) =>
      lane.run(() => effects.commit(input, signal)),
    ),
    cleanScratch: fromPromise<void, { readonly scratch: string | null }>(async ({ input }) => {
      await lane.idle();
      if (input.scratch !== null) await effects.clean({ scratch: input.scratch });
    }),
  };
};

/** The update chart with its slots filled and its delays jittered. */
export const updateLogic = (
  effects: UpdateEffects,
  listener: ProgressListener,
  random: () => number = Math.random,
): UpdateLogic =>
  updateMachine.provide({
    actors: updateActors(effects, listener),
    delays: {
      nextCheck: ({ context }) => nextCheckDelay(context.schedule ?? defaultSchedule, random()),
      backoff: ({ context }) =>
        backoffDelay(
          context.schedule ?? defaultSchedule,
          context.failures,
          context.result?.kind === 'failed' ? context.result.failure.retryAfterMs : undefined,
          random(),
        ),
    },
  });
