import { describe, expect, it, test } from 'vitest';
import type { AnyMachineSnapshot } from 'xstate';
import { type NativesContext, nativesMachine } from '#machines/natives.js';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, type Path } from '../support/charts/exploration.ts';
import { nativesInputs, nativesOutcomes as outcomes } from '../support/charts/natives-events.ts';
import { brokenNativesRules } from '../support/charts/natives-invariants.ts';
import { describePath, replay } from '../support/charts/replay.ts';
import { nativesPaths } from '../support/charts/simple-path-sets.ts';
import { walkSimplePaths } from '../support/charts/simple-paths.ts';
import { nativesSlots, type Trace } from '../support/charts/slots.ts';
import { type Fault, replanted } from '../support/model-check/planted.ts';

/** All that guards, effects and the outcome depend on. */
const project = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { tag, lacking, installable, tree, scratch, built, fault } = context as NativesContext;
  return [value, tag, lacking, installable, tree !== null, scratch, built, fault?.code];
};

describe('every path of the chart of natives', () => {
  const coverage = createCoverage();
  const broken: string[] = [];
  const trace: Trace = [];
  const machine = nativesMachine.provide({ actors: nativesSlots(trace).actors });
  let [paths, steps] = [0, 0];

  const walk = (input: (typeof nativesInputs)[number], path: Path): void => {
    trace.length = 0;
    const actor = replay(machine, input, path, trace, coverage);
    const found = brokenNativesRules(trace, input);
    broken.push(...found.map(rule => `${rule}: ${describePath(path)}`));
    actor.stop();
    paths += 1;
    steps += path.length;
  };

  it('N-04, N-05, N-06, N-07, P-10: on every edge the chart does what the model says and breaks no rule', () => {
    for (const input of nativesInputs)
      for (const path of explore(nativesMachine, { input, outcomes, project, limit: 100_000 }))
        walk(input, path);
    expect(broken.slice(0, 10)).toEqual([]);
    expect(paths).toBeGreaterThan(100);
    console.log(
      `natives: ${paths} paths, ${steps} steps, ${coverage.transitions.size} of ${transitionsOf(nativesMachine).length} transitions`,
    );
  });

  it('charts: every state and every transition of the chart of natives is taken by a path', () => {
    expect(statesOf(nativesMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(nativesMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });

  test('N-04, N-05, N-06, N-07, P-10, S-07: no step of a simple path breaks a rule', () => {
    for (const input of nativesInputs) {
      const found = walkSimplePaths(nativesPaths(input), Number.POSITIVE_INFINITY);
      expect(found.broken).toEqual([]);
      expect(found.whole).toBe(true);
      console.log(
        `natives, ${input.mode}: ${found.paths} simple paths, the longest has ${found.deepest}, ${found.steps} steps`,
      );
    }
  });
});

describe('the walk itself', () => {
  const planted: readonly Omit<Fault, 'chart'>[] = [
    {
      title: 'a tree that is committed without having been loaded',
      path: 'states installing states fetching invoke onDone',
      value: { target: 'committing' },
      noticed: 'P-10: a tree was committed that nobody has seen loading',
    },
    {
      title: 'a refused tree whose scratch stays',
      path: 'states installing states proving invoke onDone 2 target',
      value: '#natives.unavailable',
      noticed: 'S-07: scratch-1 is left behind',
    },
    {
      title: 'a user who is told twice',
      path: 'states installing states fetching invoke onDone',
      value: { target: 'proving', actions: 'tellInstalling' },
      noticed: 'N-05: 2 lines for 1 installs',
    },
    {
      title: 'an install that nobody is told of',
      path: 'states installing states claiming invoke onDone 0 actions 1',
      value: 'tellWaiting',
      noticed: 'N-05: 0 lines for 1 installs',
    },
    {
      title: 'trees for a user who wants none',
      path: 'states probing states comparing invoke onDone 1 target',
      value: 'lookingUp',
      noticed: 'N-06: a tree was looked for although they are skipped',
    },
    {
      title: 'an install without pins',
      path: 'states probing states lookingUp invoke onDone 3 target',
      value: '#natives.installing',
      noticed: 'N-04: claimTree although nothing is pinned',
    },
    {
      title: 'a commit that can be cancelled',
      path: 'states installing states committing on',
      value: {},
      noticed: 'C-03: commitTree was interrupted',
    },
  ];
  test.each(planted)('tests: finds $title', ({ path, value, noticed }) => {
    const machine = replanted(nativesMachine, path, value);
    const found = nativesInputs.flatMap(input => walkSimplePaths(nativesPaths(input, machine), 12).broken);
    expect(found.join('\n')).toContain(noticed);
  });

  test('tests: finds a tree in which something is missing that fits nowhere', () => {
    const machine = nativesMachine.provide({ guards: { wasFound: (_, tree) => tree !== null } });
    const found = nativesInputs.flatMap(input => walkSimplePaths(nativesPaths(input, machine), 12).broken);
    expect(found.join('\n')).toContain('N-07: the gate is open for what fits nowhere');
  });
});
