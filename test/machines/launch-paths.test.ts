import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { Candidate } from '#machines/contract.js';
import { defaultLaunchInput, type LaunchContext, type LaunchInput, launchMachine } from '#machines/launch.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { broke, done, explore, type Path } from '../support/charts/exploration.ts';
import { brokenLaunchRules } from '../support/charts/launch-invariants.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { bundled, exit, failure, override, previous } from '../support/charts/samples.ts';
import { launchSlots, type Trace } from '../support/charts/slots.ts';

/** The second death counts here: one round less, the same edges. */
const input: LaunchInput = { ...defaultLaunchInput, crashLimit: 2 };

const ends = [exit(), exit({ code: 0 }), exit({ code: null, signal: 'SIGKILL', external: true })];

const resolutions = ({ failed }: LaunchContext): EventObject[] => {
  const left = [override, previous, bundled].filter(({ version }) => !failed.includes(version));
  const offers = failed.length === 0 ? [left, []] : [left];
  return offers.map(candidates => done('resolveCandidates', { candidates, refusals: [] }));
};
const attemptOf = (candidate: Candidate | null): EventObject =>
  done('openAttempt', { id: `attempt-${candidate?.version}`, candidate });

const outcomes = (type: string, { context }: AnyMachineSnapshot): readonly EventObject[] | undefined => {
  switch (type) {
    case 'xstate.done.actor.resolveCandidates':
      return resolutions(context as LaunchContext);
    case 'xstate.error.actor.checkTree':
      return [broke('checkTree', failure('TREE_DAMAGED')), broke('checkTree', failure('DISK_DENIED'))];
    case 'xstate.done.actor.openAttempt':
      return [attemptOf(context.candidate)];
    case 'xstate.done.actor.probe':
      return [
        done('probe', { kind: 'ready', afterMs: 5 }),
        done('probe', { kind: 'timedOut', deadlineMs: 30_000 }),
        done('probe', { kind: 'inconclusive', reason: 'suspend' }),
      ];
    case 'xstate.done.actor.recordReady':
      return [true, false].map(trusted => done('recordReady', { healthyLaunches: trusted ? 3 : 1, trusted }));
    case 'xstate.done.actor.settleVerdicts':
      return [done('settleVerdicts', { rolledBack: [] })];
    case 'runtime.spawned':
      return [{ type, pid: 1 } as EventObject];
    case 'runtime.refused':
      return [{ type, failure: failure('PORT_TAKEN') } as EventObject];
    case 'runtime.exited':
      return ends.map(end => ({ type, exit: end }));
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
    }
  }
};

const project = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { candidate, queue, failed, suspects, deaths } = context as LaunchContext;
  return [
    value,
    candidate?.version,
    queue.map(({ version }) => version),
    failed,
    suspects.length,
    (context as LaunchContext).judgements.length > 0,
    deaths,
  ];
};

describe('every path of the launch chart', () => {
  const coverage = createCoverage();
  const paths = explore(launchMachine, { input, outcomes, project, limit: 500_000 });
  const broken: string[] = [];
  let steps = 0;

  const trace: Trace = [];
  const slots = launchSlots(trace);
  const machine = launchMachine.provide({ actors: slots.actors });

  const walk = (path: Path): void => {
    trace.length = 0;
    const actor = replay(machine, input, path, trace, coverage);
    const found = brokenLaunchRules(trace);
    if (actor.getSnapshot().status === 'done' && slots.runtime.living() > 0)
      found.push('P-30: a child survives');
    broken.push(...found.map(rule => `${rule}: ${describePath(path)}`));
    actor.stop();
    steps += path.length;
  };

  it('L-03, L-06, P-28: on every edge the chart does what the model says and breaks no rule', () => {
    for (const path of paths) walk(path);
    expect(broken.slice(0, 10)).toEqual([]);
    expect(paths.length).toBeGreaterThan(100);
    console.log(
      `launch: ${paths.length} paths, ${steps} steps, ${coverage.transitions.size} of ${transitionsOf(launchMachine).length} transitions`,
    );
  });

  it('charts: every state and every transition of the launch chart is taken by a path', () => {
    expect(statesOf(launchMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(launchMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });
});
