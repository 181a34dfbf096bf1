import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { type UpdateInput, updateMachine } from '#machines/update.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { broke, done, explore } from '../support/charts/exploration.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { answers, failure, pinned, schedule } from '../support/charts/samples.ts';
import { type Trace, updateSlots } from '../support/charts/slots.ts';
import { brokenUpdateRules } from '../support/charts/update-invariants.ts';

const input: UpdateInput = { schedule: null };
const { available, adoptable, ...settledAtOnce } = answers();
const checked = [available, { ...available, refusal: pinned }, adoptable, ...Object.values(settledAtOnce)];
const faults = [failure('REGISTRY_UNREACHABLE'), failure('INTEGRITY_MISMATCH')];

const events: Readonly<Record<string, readonly EventObject[]>> = {
  'xstate.done.actor.checkRegistry': checked.map(answer => done('checkRegistry', answer)),
  'xstate.done.actor.adoptFolder': [done('adoptFolder', { tree: 'a' })],
  'xstate.done.actor.verifyTree': [done('verifyTree', { tree: 'b' })],
  'xstate.done.actor.commitPointer': [
    done('commitPointer', { kind: 'committed', seq: 1, superseded: null }),
    done('commitPointer', { kind: 'overtaken', by: '1.3.0' }),
  ],
  'xstate.error.actor.checkRegistry': faults.map(fault => broke('checkRegistry', fault)),
  'xstate.error.actor.download': faults.map(fault => broke('download', fault)),
  'xstate.error.actor.commitPointer': [broke('commitPointer', failure('DISK_FULL'))],
  'update.check': [{ type: 'update.check', origin: 'host' } as EventObject],
  'update.stage': [{ type: 'update.stage', origin: 'schedule' } as EventObject],
  'update.defer': [{ type: 'update.defer', refusal: pinned } as EventObject],
  'update.schedule': [schedule, null].map(value => ({ type: 'update.schedule', schedule: value })),
};
const outcomes = (type: string): readonly EventObject[] | undefined => {
  if (events[type] !== undefined) return events[type];
  const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
  return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
};

const project = ({ value, context }: AnyMachineSnapshot): unknown => [
  value,
  context.order,
  context.deferral !== null,
  context.schedule !== null,
  context.scratch,
  context.tree,
  context.result?.kind,
  Math.min(context.failures, 2),
];

describe('every path of the update chart', () => {
  const coverage = createCoverage();
  const paths = explore(updateMachine, { input, outcomes, project, limit: 200_000 });
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
