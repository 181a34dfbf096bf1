import { onTestFinished, vi } from 'vitest';
import { createActor } from 'xstate';
import type { Candidate, CheckResult, Exit } from '#machines/contract.js';
import { defaultLaunchInput, launchMachine } from '#machines/launch.js';
import type { Schedule } from '#machines/schedule.js';
import {
  type StoreChange,
  type StoreOrder,
  type SupervisorEmitted,
  type SupervisorEvent,
  supervisorMachine,
} from '#machines/supervisor.js';
import { updateMachine } from '#machines/update.js';
import { bundled, exit, matched, override } from './samples.ts';
import { breathe, launchSlots, scripted, type Trace, updateSlots } from './slots.ts';

/**
 * All three charts on scripted effects. Time is vitest's: a test calls `vi.useFakeTimers()` first. `chance` is the random
 * number of the first check.
 */
export const beginSupervision = (schedule: Schedule | null) => {
  const trace: Trace = [];
  const launch = launchSlots(trace);
  const update = updateSlots(trace);
  const changeStore = scripted<StoreChange, StoreOrder>(trace, 'changeStore');
  const told: SupervisorEmitted[] = [];
  const faults: unknown[] = [];
  const actor = createActor(
    supervisorMachine.provide({
      actors: {
        launch: launchMachine.provide({ actors: launch.actors }),
        update: updateMachine.provide({ actors: update.actors }),
        changeStore: changeStore.logic,
      },
    }),
    { input: { schedule, launch: defaultLaunchInput } },
  );
  actor.on('*', event => told.push(event));
  actor.subscribe({ error: fault => faults.push(fault) });
  actor.start();
  onTestFinished(() => {
    actor.stop();
    vi.useRealTimers();
  });
  let attempts = 0;

  const world = {
    actor,
    launch,
    update,
    changeStore,
    told,
    faults,
    trace,
    state: () => actor.getSnapshot(),
    runtime: () => JSON.stringify(actor.getSnapshot().value.runtime),
    updates: () => JSON.stringify(actor.getSnapshot().value.updates),
    send: async (event: SupervisorEvent) => {
      actor.send(event);
      await breathe();
    },
    checks: () => update.checkRegistry.calls.length,
    spawned: () => launch.runtime.children.map(({ input: { candidate } }) => candidate.version),
    /** Lets time pass in one go, promises and timers in their order. */
    wait: async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      await breathe();
    },
    /** What the launch chart has resolved, up to the spawned child. */
    resolved: async (candidates: readonly Candidate[]) => {
      launch.resolveCandidates.resolve({ candidates, refusals: [] });
      await breathe();
    },
    spawnNext: async () => {
      launch.checkTree.resolve();
      await breathe();
      launch.matchNatives.resolve(matched);
      await breathe();
      attempts += 1;
      launch.openAttempt.resolve({ id: `attempt-${attempts}`, candidate: override });
      await breathe();
      launch.runtime.report({ type: 'runtime.spawned', pid: attempts });
      await breathe();
    },
    recovered: async () => {
      launch.recoverStore.resolve();
      await breathe();
    },
    prove: async () => {
      launch.probe.resolve({ kind: 'ready', afterMs: 1 });
      await breathe();
      launch.recordReady.resolve({ healthyLaunches: 1, trusted: false });
      await breathe();
    },
    childExits: async (facts: Partial<Exit> = {}) => {
      launch.runtime.report({ type: 'runtime.exited', exit: exit(facts) });
      await breathe();
    },
    /** From `supervisor.start` to a healthy runtime. */
    healthy: async (candidates: readonly Candidate[] = [override, bundled]) => {
      await world.send({ type: 'supervisor.start' });
      await world.recovered();
      await world.resolved(candidates);
      await world.spawnNext();
      await world.prove();
    },
    /** From `supervisor.start` (or a relaunch) to a launch in which nothing starts. */
    exhausted: async (candidates: readonly Candidate[] = [bundled]) => {
      await world.recovered();
      await world.resolved(candidates);
      for (const _ of candidates) {
        await world.spawnNext();
        await world.childExits();
      }
      launch.settleVerdicts.resolve({ rolledBack: [] });
      await breathe();
    },
    answer: async (answer: CheckResult) => {
      update.checkRegistry.resolve(answer);
      await breathe();
    },
    /** From the answer of a check to a staged version. */
    stage: async (answer: CheckResult) => {
      await world.answer(answer);
      update.download.resolve({ bytes: 1 });
      await breathe();
      update.extract.resolve({ files: 1, bytes: 1 });
      await breathe();
      update.matchNatives.resolve(matched);
      await breathe();
      update.stageNatives.resolve({ natives: [] });
      await breathe();
      update.verifyTree.resolve({ tree: 'tree' });
      await breathe();
      update.commitPointer.resolve({ kind: 'committed', seq: 1, superseded: null });
      await breathe();
    },
    ordered: async (change: StoreChange) => {
      changeStore.resolve(change);
      await breathe();
    },
  };
  return world;
};
