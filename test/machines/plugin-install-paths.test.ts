import { describe, expect, it, test } from 'vitest';
import { pluginInstallMachine } from '#machines/plugin-install.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, type Path } from '../support/charts/exploration.ts';
import {
  pluginComparisons,
  pluginEssence,
  pluginInputs,
  pluginOutcomes,
} from '../support/charts/plugin-events.ts';
import { brokenPluginRules } from '../support/charts/plugin-invariants.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { type PathSet, pluginPaths } from '../support/charts/simple-path-sets.ts';
import { walkSimplePaths } from '../support/charts/simple-paths.ts';
import { pluginSlots, type Trace } from '../support/charts/slots.ts';
import { type Fault, replanted } from '../support/model-check/planted.ts';

const every = Number.POSITIVE_INFINITY;
/** Eight effects at most, one after the other, and one clean-up: the chart has no way back. */
const mostSteps = 8;

/** Where a run stands for ever, whatever happens. */
const deadEnds = ({ map }: PathSet): string[] => {
  const found: string[] = [];
  const open = [map.start];
  const known = new Set(open);
  for (let from = open.shift(); from !== undefined; from = open.shift()) {
    const ways = map.waysFrom(from).map(({ next }) => next);
    const isOver = from.snapshot.status !== 'active';
    if (!isOver && ways.every(next => next === from)) found.push(JSON.stringify(from.snapshot.value));
    open.push(...ways.filter(next => !known.has(next)));
    for (const next of ways) known.add(next);
  }
  return found;
};

describe('every path of the chart of plugins', () => {
  const coverage = createCoverage();
  const broken: string[] = [];
  const trace: Trace = [];
  const machine = pluginInstallMachine.provide({ actors: pluginSlots(trace).actors });
  let [paths, steps] = [0, 0];

  const walk = (input: (typeof pluginInputs)[number], path: Path): void => {
    trace.length = 0;
    const actor = replay(machine, input, path, trace, coverage);
    broken.push(...brokenPluginRules(trace, input).map(rule => `${rule}: ${describePath(path)}`));
    if (actor.getSnapshot().status === 'done' && !trace.some(({ kind }) => kind === 'told'))
      broken.push(`nobody is told of the end: ${describePath(path)}`);
    actor.stop();
    paths += 1;
    steps += path.length;
  };

  it('K-05, K-06, P-08, S-07, C-03: on every edge the chart does what the model says and breaks no rule', () => {
    for (const input of pluginInputs)
      for (const path of explore(pluginInstallMachine, {
        input,
        outcomes: pluginOutcomes,
        project: pluginEssence,
        limit: 10_000,
      }))
        walk(input, path);
    expect(broken.slice(0, 10)).toEqual([]);
    expect(paths).toBeGreaterThan(40);
    console.log(
      `plugins: ${paths} paths, ${steps} steps, ${coverage.transitions.size} of ${transitionsOf(pluginInstallMachine).length} transitions`,
    );
  });

  it('charts: every state and every transition of the chart of plugins is taken by a path', () => {
    expect(statesOf(pluginInstallMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(pluginInstallMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });

  test('K-05, K-06, P-08, S-07, C-03: no step of a simple path breaks a rule', () => {
    for (const input of pluginInputs) {
      const found = walkSimplePaths(pluginPaths(input), every);
      expect(found.broken).toEqual([]);
      expect(found.whole).toBe(true);
      console.log(
        `plugins, to ${input.task}: ${found.paths} simple paths, the longest has ${found.deepest}, ${found.steps} steps`,
      );
    }
  });

  test('charts: every run of the chart of plugins comes to its end: no path is longer than its effects, and none ends where nothing can happen', () => {
    for (const input of pluginInputs) {
      const set = pluginPaths(input);
      expect(deadEnds(set)).toEqual([]);
      expect(walkSimplePaths(set, every).deepest).toBeLessThanOrEqual(mostSteps);
    }
  });
});

describe('the walk itself', () => {
  const planted: readonly Omit<Fault, 'chart'>[] = [
    {
      title: 'a plugin that comes although the runtime has another version',
      path: 'states probing states comparing invoke onDone 0 target',
      value: '#plugin-install.installing',
      noticed: 'K-05: downloadPlugin although the lock does not admit it',
    },
    {
      title: 'one that is called present although it may not stay',
      path: 'states probing states comparing invoke onDone 0 target',
      value: '#plugin-install.present',
      noticed: 'K-05: told present, and it was refused',
    },
    {
      title: 'a plugin that is there and is installed again',
      path: 'states probing states comparing invoke onDone 1 target',
      value: '#plugin-install.installing',
      noticed: 'K-05: downloadPlugin although the very same is there',
    },
    {
      title: 'an install that is not compared',
      path: 'states probing states resolving invoke onDone target',
      value: '#plugin-install.installing',
      noticed: 'K-05: downloadPlugin after resolvePlugin',
    },
    {
      title: 'a refusal of which the host does not hear',
      path: 'states refused entry 0',
      value: { type: 'tellSettled', params: 'refused' },
      noticed: 'K-05: a refusal that is not told',
    },
    {
      title: 'a tree that is committed without a look at it',
      path: 'states installing states staging invoke onDone 1 target',
      value: 'committing',
      noticed: 'P-08: a tree was committed that nobody has looked at',
    },
    {
      title: 'an archive whose own demands count for nothing',
      path: 'states installing states staging invoke onDone 0 target',
      value: 'verifying',
      noticed: 'K-05: verifyPlugin although what lies in an archive does not fit',
    },
    {
      title: 'a late refusal that is told as a cancel',
      path: 'states installing states cleaning invoke onDone 1 target',
      value: '#plugin-install.cancelled',
      noticed: 'K-05: told cancelled, and it was refused',
    },
    {
      title: 'a late refusal that is told as a cancel where the clean-up fails',
      path: 'states installing states cleaning invoke onError 1 target',
      value: '#plugin-install.cancelled',
      noticed: 'K-05: told cancelled, and it was refused',
    },
    {
      title: 'a late refusal without its conflicts',
      path: 'states installing states staging invoke onDone 0 actions',
      value: { type: 'recordRefusal', params: () => [pluginComparisons.conflicts.conflicts[0]] },
      noticed: 'K-05: not every conflict is told',
    },
    {
      title: 'a failed download whose scratch stays',
      path: 'states installing states downloading invoke onError',
      value: {
        target: '#plugin-install.failed',
        actions: { type: 'recordFault', params: ({ event }: { event: { error: unknown } }) => event.error },
      },
      noticed: 'S-07: a scratch folder is left behind',
    },
    {
      title: 'a cancel whose scratch stays',
      path: 'states installing on plugin.cancel target',
      value: '#plugin-install.cancelled',
      noticed: 'S-07: a scratch folder is left behind',
    },
    {
      title: 'a commit that can be cancelled',
      path: 'states installing states committing on',
      value: {},
      noticed: 'C-03: commitPlugin was interrupted',
    },
    {
      title: 'a cancel that is not heard while it looks',
      path: 'states probing on',
      value: { 'plugin.cancel': { description: 'not now' } },
      noticed: 'C-03: resolvePlugin goes on after a cancel',
    },
    {
      title: 'another failure than the one that happened',
      path: 'states removing invoke onError actions',
      value: { type: 'recordFault', params: () => null },
      noticed: 'K-05: another failure is told',
    },
    {
      title: 'a removal that can be cancelled',
      path: 'states removing on plugin.cancel',
      value: { target: 'cancelled' },
      noticed: 'C-03: removePlugin was interrupted',
    },
    {
      title: 'a clean-up that is begun again with every cancel',
      path: 'states installing states cleaning on',
      value: { 'plugin.cancel': { target: 'cleaning', reenter: true } },
      noticed: 'C-03: cleanPlugin was interrupted',
    },
    {
      title: 'a failure that is told as a cancel where the clean-up fails, too',
      path: 'states installing states cleaning invoke onError 0 target',
      value: '#plugin-install.cancelled',
      noticed: 'K-05: told cancelled, and it was failed',
    },
    {
      title: 'a removal for an installation',
      path: 'states asked always 1 target',
      value: 'removing',
      noticed: 'K-05: removePlugin although it was to add',
    },
    {
      title: 'nothing that is told as removed',
      path: 'states removing invoke onDone 1 target',
      value: 'removed',
      noticed: 'K-05: told removed, and it was absent',
    },
    {
      title: 'an install that nobody is told of',
      path: 'states installing entry',
      value: undefined,
      noticed: 'K-05: an install that nobody is told of',
    },
  ];
  test.each(planted)('tests: finds $title', ({ path, value, noticed }) => {
    const machine = replanted(pluginInstallMachine, path, value);
    const found = pluginInputs.flatMap(input => walkSimplePaths(pluginPaths(input, machine), 12).broken);
    expect(found.join('\n')).toContain(noticed);
  });

  test('tests: finds a clean-up without an end', () => {
    const way = 'states installing states cleaning invoke';
    const half = replanted(pluginInstallMachine, `${way} onDone`, []);
    const machine = replanted(half, `${way} onError`, { description: 'nobody hears' });
    const found = pluginInputs.flatMap(input => deadEnds(pluginPaths(input, machine)));
    expect(new Set(found)).toEqual(new Set(['{"installing":"cleaning"}']));
  });
});
