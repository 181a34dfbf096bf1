import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { updateMachine } from '#machines/update.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, type Path } from '../support/charts/exploration.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { type Trace, updateSlots } from '../support/charts/slots.ts';
import { updateInput as input, updateOutcomes as outcomes } from '../support/charts/update-events.ts';
import { brokenUpdateRules } from '../support/charts/update-invariants.ts';
import { isFull } from '../support/proof/run.ts';

const project = ({ value, context }: AnyMachineSnapshot): unknown => [
  value,
  context.order,
  context.deferral !== null,
  context.schedule !== null,
  context.scratch,
  context.tree,
  context.result?.kind,
  context.outgrown.length,
  Math.min(context.failures, 2),
];

describe('every path of the update chart', () => {
  const coverage = createCoverage();
  /** A short run walks one path for every event in every state; a full one one for every event in all that it depends on. */
  const seen = new Set<string>();
  const isWorth = (path: Path): boolean => {
    const keys = path.map(({ event, state }, at) => {
      const before = path[at - 1]?.state;
      return JSON.stringify([before?.value, before?.context.outgrown.length, state.value, event]);
    });
    const fresh = keys.some(key => !seen.has(key));
    for (const key of keys) seen.add(key);
    return fresh || isFull;
  };
  const paths = explore(updateMachine, { input, outcomes, project, limit: 200_000 }).filter(isWorth);
  const broken: string[] = [];
  const trace: Trace = [];
  const machine = updateMachine.provide({ actors: updateSlots(trace).actors });
  let steps = 0;

  it('U-06: on every edge the chart does what the model says and breaks no rule', () => {
    for (const path of paths) {
      trace.length = 0;
      const actor = replay(machine, input, path, trace, coverage);
      broken.push(...brokenUpdateRules(trace).map(rule => `${rule}: ${describePath(path)}`));
      actor.stop();
      steps += path.length;
    }
    expect(broken).toEqual([]);
    expect(paths.length).toBeGreaterThan(100);
    console.log(
      `update: ${paths.length} paths, ${steps} steps, ${coverage.transitions.size} of ${transitionsOf(updateMachine).length} transitions`,
    );
  });

  it('charts: every state and every transition of the update chart is taken by a path', () => {
    expect(statesOf(updateMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(updateMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });
});
