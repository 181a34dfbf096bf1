import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { defaultLaunchInput } from '#machines/launch.js';
import { type SupervisorContext, type SupervisorInput, supervisorMachine } from '#machines/supervisor.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { exploreParent, type Path } from '../support/charts/exploration.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { schedule } from '../support/charts/samples.ts';
import type { Trace } from '../support/charts/slots.ts';
import { supervisorAlone } from '../support/charts/supervisor-children.ts';
import { supervisorOutcomes } from '../support/charts/supervisor-events.ts';
import { brokenSupervisorRules } from '../support/charts/supervisor-invariants.ts';
import { isFull } from '../support/proof/run.ts';

const inputs: readonly SupervisorInput[] = [schedule, null].map(times => ({
  schedule: times,
  launch: defaultLaunchInput,
}));

/** Leases by their number: which of them it is makes no difference. */
const project = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { leases, staged } = context as SupervisorContext;
  return [value, leases.length, staged];
};

describe('every path of the supervisor chart', () => {
  const coverage = createCoverage();
  const trace: Parameters<typeof supervisorAlone>[0] = [];
  const machine = supervisorAlone(trace);
  const broken: string[] = [];
  let paths = 0;
  let steps = 0;

  /** A short run walks one path for every event of what the runtime and the updates are in; a full one walks all. */
  const seen = new Set<string>();
  const isWorth = (path: Path): boolean => {
    const event = JSON.stringify(path.at(-1)?.event);
    const before = path.at(-2)?.state;
    const { leases, staged } = (before?.context ?? {}) as Partial<SupervisorContext>;
    const { runtime, updates } = (before?.value ?? {}) as { runtime?: unknown; updates?: unknown };
    const keys = [updates, [leases?.length, staged]].map(beside => JSON.stringify([runtime, beside, event]));
    const fresh = keys.some(key => !seen.has(key));
    for (const key of keys) seen.add(key);
    return fresh || isFull;
  };

  const walk = (input: SupervisorInput, path: Path): void => {
    trace.length = 0;
    const actor = replay(machine, input, path, trace as Trace, coverage);
    broken.push(...brokenSupervisorRules(trace).map(rule => `${rule}: ${describePath(path)}`));
    actor.stop();
    paths += 1;
    steps += path.length;
  };

  it('C-01, C-03, L-09: on every edge the chart does what the model says and breaks no rule', () => {
    for (const input of inputs) {
      seen.clear();
      const found = exploreParent(supervisorMachine, {
        input,
        outcomes: supervisorOutcomes,
        project,
        limit: 500_000,
      });
      for (const path of found.filter(isWorth)) walk(input, path);
    }
    expect(broken.slice(0, 10)).toEqual([]);
    expect(paths).toBeGreaterThan(100);
    console.log(
      `supervisor: ${paths} paths, ${steps} steps, ${coverage.transitions.size} of ${transitionsOf(supervisorMachine).length} transitions`,
    );
  });

  it('charts: every state and every transition of the supervisor chart is taken by a path', () => {
    expect(statesOf(supervisorMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(supervisorMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });
});
