import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { launchMachine } from '#machines/launch.js';
import { nativesMachine } from '#machines/natives.js';
import { pluginInstallMachine } from '#machines/plugin-install.js';
import { supervisorMachine } from '#machines/supervisor.js';
import { updateMachine } from '#machines/update.js';
import { createCoverage, transitionsOf } from '../support/charts/coverage.ts';
import { nativesInputs } from '../support/charts/natives-events.ts';
import type { Seen } from '../support/charts/path-map.ts';
import { pluginInputs } from '../support/charts/plugin-events.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { schedule } from '../support/charts/samples.ts';
import {
  byCandidate,
  byDeferral,
  byRun,
  bySuspicion,
  launchPaths,
  nativesPaths,
  type PathSet,
  pluginPaths,
  supervisorPaths,
  updatePaths,
} from '../support/charts/simple-path-sets.ts';
import { drawSimplePaths, type Kept, walkSimplePaths } from '../support/charts/simple-paths.ts';
import type { Trace } from '../support/charts/slots.ts';
import { inputEssence } from '../support/model-check/essence.ts';
import { type Fault, plant } from '../support/model-check/planted.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

type Case = {
  readonly title: string;
  readonly chart: AnyStateMachine;
  readonly rules: string;
  readonly set: () => PathSet;
  /** Steps of the longest path in a short run and in a full one; beyond it there are more than a run can walk. */
  readonly longest: readonly [short: number, full: number];
};

const all = Number.POSITIVE_INFINITY;
const cases: readonly Case[] = [
  {
    title: 'update on a schedule',
    chart: updateMachine,
    rules: 'U-06, S-07, C-03',
    set: () => updatePaths(schedule, byRun),
    longest: [all, all],
  },
  {
    title: 'update without a schedule',
    chart: updateMachine,
    rules: 'U-06, S-07, C-03',
    set: () => updatePaths(null, byRun),
    longest: [all, all],
  },
  {
    title: 'update that may be deferred',
    chart: updateMachine,
    rules: 'U-06, S-07, C-03',
    set: () => updatePaths(schedule, byDeferral),
    longest: [5, 9],
  },
  {
    title: 'launch by suspicion',
    chart: launchMachine,
    rules: 'L-03, L-06, P-28, P-30',
    set: () => launchPaths(bySuspicion),
    longest: [8, all],
  },
  {
    title: 'launch by candidate',
    chart: launchMachine,
    rules: 'L-03, L-06, P-28, P-30',
    set: () => launchPaths(byCandidate),
    longest: [8, 17],
  },
  ...nativesInputs.map(input => ({
    title: `natives in mode ${input.mode}`,
    chart: nativesMachine,
    rules: 'N-04, N-05, N-06, N-07, P-10, S-07',
    set: () => nativesPaths(input),
    longest: [all, all] as const,
  })),
  ...pluginInputs.map(input => ({
    title: `plugins, to ${input.task}`,
    chart: pluginInstallMachine,
    rules: 'K-05, K-06, P-08, P-28, S-07, C-03',
    set: () => pluginPaths(input),
    longest: [all, all] as const,
  })),
  {
    title: 'supervisor on a schedule',
    chart: supervisorMachine,
    rules: 'C-01, C-03, L-09, P-30',
    set: () => supervisorPaths(schedule),
    longest: [3, 7],
  },
  {
    title: 'supervisor without a schedule',
    chart: supervisorMachine,
    rules: 'C-01, C-03, L-09, P-30',
    set: () => supervisorPaths(null),
    longest: [3, 7],
  },
];

/** What a sight says as far as a pure step can say it: fakes of charts are given nothing. */
const say = (sight: Seen): string => {
  if (sight.kind === 'order') return `order ${JSON.stringify(sight.order)}`;
  if (sight.kind === 'ordered') return `order to ${sight.to} ${JSON.stringify(sight.event)}`;
  if ('event' in sight) return `${sight.kind} ${JSON.stringify(sight.event)}`;
  const { kind, slot, input } = sight;
  const isGiven = kind === 'begin' && slot !== 'launch' && slot !== 'update';
  return `${kind} ${slot} ${isGiven ? JSON.stringify(inputEssence(slot, input)) : ''}`;
};

const coverages = new Map<AnyStateMachine, ReturnType<typeof createCoverage>>();
const coverageOf = (chart: AnyStateMachine) => {
  const coverage = coverages.get(chart) ?? createCoverage();
  coverages.set(chart, coverage);
  return coverage;
};

/** On effects that never settle the chart goes the same way, and shows the same. */
const onFakes = ({ onFakes: machineOn, input }: PathSet, chart: AnyStateMachine, some: readonly Kept[]) => {
  const seen: Seen[] = [];
  const machine = machineOn(seen);
  for (const { path, trace } of some) {
    seen.length = 0;
    const actor = replay(machine, input, path, seen as Trace, coverageOf(chart));
    const [shown, expected] = [seen.map(say), trace.map(say)];
    if (shown.join('\n') !== expected.join('\n')) expect(shown, describePath(path)).toEqual(expected);
    actor.stop();
  }
};

if (!isFull) console.log('skipped: a share of the simple paths does not take every transition');

describe('all simple paths on effects that never settle', () => {
  for (const { title, chart, set: make, longest, rules } of cases) {
    test(`${rules}: ${title}: no step of a simple path breaks a rule`, ({ task }) => {
      const set = make();
      const bound = longest[isFull ? 1 : 0];
      const found = walkSimplePaths(set, bound);
      const drawn = drawSimplePaths(set, seed, share(10, 300));
      expect(found.broken).toEqual([]);
      expect(drawn.broken).toEqual([]);
      const edges = found.kept.filter((_, at) => isFull || at % 3 === seed % 3);
      const kept = [...edges, ...drawn.kept];
      onFakes(set, chart, kept);
      ran({ task }, found.paths, 'simple paths');
      ran({ task }, found.steps, 'steps');
      const extent = found.whole ? 'all' : `all of at most ${bound} steps`;
      const farthest = Math.max(...drawn.kept.map(({ path }) => path.length));
      console.log(
        `${title}: ${found.paths} simple paths (${extent}, the longest has ${found.deepest}), ${found.steps} steps, ${set.map.places()} states; ${kept.length} on fakes, ${drawn.kept.length} of them drawn with up to ${farthest} steps`,
      );
    });
  }

  test.runIf(isFull)(
    'charts: the paths that were walked on fakes take every transition of the five charts',
    () => {
      for (const [chart, { transitions }] of coverages) {
        const every = transitionsOf(chart);
        console.log(`${chart.id}: ${transitions.size} of ${every.length} transitions`);
        expect(every.filter(key => !transitions.has(key))).toEqual([]);
      }
    },
  );
});

describe('the walk itself', () => {
  const walked: Readonly<Record<Fault['chart'], (machine: AnyStateMachine) => PathSet>> = {
    update: machine => updatePaths(schedule, byDeferral, machine),
    launch: machine => launchPaths(bySuspicion, machine),
    supervisor: machine => supervisorPaths(null, machine),
  };
  const planted: readonly Fault[] = [
    {
      title: 'a damaged folder that is staged anew although it is deferred',
      chart: 'update',
      path: 'states working states adopting invoke onError',
      value: { target: 'downloading' },
      noticed: 'staged what was deferred',
    },
    {
      title: 'a restart that lets go of the child',
      chart: 'launch',
      path: 'states alive on launch.restart',
      value: { target: '#launch.override' },
      noticed: 'P-30: a living child was abandoned',
    },
    {
      title: 'a restart that does not wait for running work',
      chart: 'supervisor',
      path: 'states runtime states launched states healthy on supervisor.restart',
      value: { target: 'applying', actions: 'restartLaunch' },
      noticed: 'L-09: running work is interrupted',
    },
    {
      title: 'a wake that makes an update of a check in flight',
      chart: 'update',
      path: 'states working states checking on',
      value: { 'update.stage': { actions: 'escalate' }, 'update.wake': { actions: 'escalate' } },
      noticed: 'staged although only a check was asked for',
    },
    {
      title: 'a host that is told again that a version needs a newer shell',
      chart: 'update',
      path: 'states resting states outgrown entry',
      value: ['tellSettled', 'tellOutgrown'],
      noticed: 'told twice that 1.1.0 is outgrown',
    },
    {
      title: 'a wake that asks although the host holds the checks',
      chart: 'supervisor',
      path: 'states updates states held on',
      value: {
        'supervisor.hold': { description: 'already held' },
        'supervisor.stop': { target: '.beforeStart' },
        'supervisor.wake': { actions: 'wakeUpdate' },
      },
      noticed: 'C-01: the schedule asks although it is held',
    },
  ];
  test.each(planted)('tests: finds $title', fault => {
    const found = walkSimplePaths(walked[fault.chart](plant(fault)[fault.chart]), 6);
    expect(found.broken.join('\n')).toContain(fault.noticed);
  });
});
