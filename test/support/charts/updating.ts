import { onTestFinished } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import type { CheckResult } from '#machines/contract.js';
import type { Schedule } from '#machines/schedule.js';
import { type UpdateEmitted, updateMachine } from '#machines/update.js';
import { matched } from './samples.ts';
import { breathe, type Trace, updateSlots } from './slots.ts';

/** An update chart on scripted effects and a clock of its own; each verb brings it one step further. */
export const beginUpdates = (schedule: Schedule | null = null) => {
  const trace: Trace = [];
  const slots = updateSlots(trace);
  const clock = new SimulatedClock();
  const told: UpdateEmitted[] = [];
  const actor = createActor(updateMachine.provide({ actors: slots.actors }), { input: { schedule }, clock });
  actor.on('*', event => told.push(event));
  actor.start();
  onTestFinished(() => {
    actor.stop();
  });

  const updates = {
    actor,
    slots,
    clock,
    told,
    trace,
    state: () => actor.getSnapshot(),
    at: (path: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
      actor.getSnapshot().matches(path),
    /** The effects that have begun, in their order. */
    begun: () => trace.flatMap(sight => (sight.kind === 'begin' ? [sight.slot] : [])),
    results: () => told.flatMap(event => (event.type === 'update.settled' ? [event.result] : [])),
    check: () => actor.send({ type: 'update.check', origin: 'host' }),
    stage: () => actor.send({ type: 'update.stage', origin: 'host' }),
    cancel: () => actor.send({ type: 'update.cancel' }),
    answered: async (answer: CheckResult) => {
      slots.checkRegistry.resolve(answer);
      await breathe();
    },
    unreachable: async (error: unknown) => {
      slots.checkRegistry.reject(error);
      await breathe();
      await updates.cleaned();
    },
    downloaded: async () => {
      slots.download.resolve({ bytes: 10 });
      await breathe();
    },
    extracted: async () => {
      slots.extract.resolve({ files: 1, bytes: 10 });
      await breathe();
    },
    withFit: async () => {
      slots.matchNatives.resolve(matched);
      await breathe();
    },
    withNatives: async () => {
      await updates.withFit();
      slots.stageNatives.resolve({ natives: [] });
      await breathe();
    },
    verified: async () => {
      slots.verifyTree.resolve({ tree: 'the-tree' });
      await breathe();
    },
    committed: async (superseded: string | null = null) => {
      slots.commitPointer.resolve({ kind: 'committed', seq: 1, superseded });
      await breathe();
    },
    overtaken: async (by: string) => {
      slots.commitPointer.resolve({ kind: 'overtaken', by });
      await breathe();
    },
    cleaned: async () => {
      slots.cleanScratch.resolve();
      await breathe();
    },
    /** From the answer of a check to the commit in work. */
    staged: async (answer: CheckResult) => {
      await updates.answered(answer);
      await updates.downloaded();
      await updates.extracted();
      await updates.withNatives();
      await updates.verified();
    },
  };
  return updates;
};
