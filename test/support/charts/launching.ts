import { onTestFinished } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import type { Candidate, Exit, ProbeResult } from '#machines/contract.js';
import { defaultLaunchInput, type LaunchEmitted, type LaunchInput, launchMachine } from '#machines/launch.js';
import { bundled, exit as exitOf, matched, override, previous } from './samples.ts';
import { breathe, launchSlots, type Trace } from './slots.ts';

const ready: ProbeResult = { kind: 'ready', afterMs: 5 };
const all = [override, previous, bundled];

/** A launch on scripted effects and a clock of its own; each verb brings it one step further. */
export const beginLaunch = (input: Partial<LaunchInput> = {}) => {
  const trace: Trace = [];
  const slots = launchSlots(trace);
  const clock = new SimulatedClock();
  const told: LaunchEmitted[] = [];
  const faults: unknown[] = [];
  const actor = createActor(launchMachine.provide({ actors: slots.actors }), {
    input: { ...defaultLaunchInput, ...input },
    clock,
  });
  actor.on('*', event => told.push(event));
  actor.subscribe({ error: fault => faults.push(fault) });
  actor.start();
  onTestFinished(() => {
    actor.stop();
  });
  let attempts = 0;

  const launch = {
    actor,
    slots,
    clock,
    told,
    faults,
    state: () => actor.getSnapshot(),
    at: (path: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
      actor.getSnapshot().matches(path),
    spawned: () => slots.runtime.children.map(({ input: { candidate } }) => candidate.version),
    /** The last event of a kind that the host was told. */
    heard: <Type extends LaunchEmitted['type']>(type: Type) =>
      told.filter((event): event is Extract<LaunchEmitted, { type: Type }> => event.type === type),
    recovered: async () => {
      slots.recoverStore.resolve();
      await breathe();
    },
    resolved: async (candidates: readonly Candidate[] = all) => {
      slots.resolveCandidates.resolve({ candidates, refusals: [] });
      await breathe();
    },
    /** Past the tree check, the natives and the attempt record: the child begins. */
    prepared: async () => {
      slots.checkTree.resolve();
      await breathe();
      slots.matchNatives.resolve(matched);
      await breathe();
      const candidate = slots.openAttempt.calls.at(-1)?.input ?? override;
      attempts += 1;
      slots.openAttempt.resolve({ id: `attempt-${attempts}`, candidate });
      await breathe();
    },
    spawnedChild: async () => {
      slots.runtime.report({ type: 'runtime.spawned', pid: 100 + attempts });
      await breathe();
    },
    probed: async (result: ProbeResult = ready) => {
      slots.probe.resolve(result);
      await breathe();
    },
    exited: async (exit: Exit) => {
      slots.runtime.report({ type: 'runtime.exited', exit });
      await breathe();
    },
    remembered: async (trusted = false) => {
      slots.recordReady.resolve({ healthyLaunches: trusted ? 3 : 1, trusted });
      await breathe();
    },
    settled: async (rolledBack: { version: string; reason: string }[] = []) => {
      slots.settleVerdicts.resolve({ rolledBack });
      await breathe();
    },
    /** The next candidate up to its probe. */
    started: async () => {
      await launch.prepared();
      await launch.spawnedChild();
    },
    /** From a started child to a running one. */
    proven: async (trusted = false) => {
      await launch.probed();
      await launch.remembered(trusted);
    },
    /** From the beginning to a running override. */
    running: async (trusted = false, candidates: readonly Candidate[] = all) => {
      await launch.recovered();
      await launch.resolved(candidates);
      await launch.started();
      await launch.proven(trusted);
    },
    /** From the beginning to an override that died before it was ready: its fallback is prepared. */
    fellBack: async () => {
      await launch.recovered();
      await launch.resolved([override, bundled]);
      await launch.started();
      await launch.exited(exitOf());
    },
    /** A running child dies; the backoff passes, and the same launch brings it up again. */
    revived: async (exit: Exit, candidates: readonly Candidate[] = all) => {
      await launch.exited(exit);
      clock.increment(input.restartCapMs ?? defaultLaunchInput.restartCapMs);
      await launch.resolved(candidates);
      await launch.started();
      await launch.proven();
    },
  };
  return launch;
};
