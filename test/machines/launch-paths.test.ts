import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { type LaunchContext, launchMachine } from '#machines/launch.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, type Path } from '../support/charts/exploration.ts';
import { launchInput as input, launchOutcomes as outcomes } from '../support/charts/launch-events.ts';
import { brokenLaunchRules } from '../support/charts/launch-invariants.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { launchSlots, type Trace } from '../support/charts/slots.ts';

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
