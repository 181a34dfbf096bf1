import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { launchMachine } from '#machines/launch.js';
import type { LaunchEffects } from '#src/launching/effects.js';
import { cover, transitionsAlong } from '../support/charts/cover.ts';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import type { Path } from '../support/charts/exploration.ts';
import { matched } from '../support/charts/samples.ts';
import { tours as toursOf } from '../support/charts/tours.ts';
import { temporaryFolder } from '../support/folder.ts';
import { exploration, input, weight } from '../support/launch-paths/model.ts';
import { walk, wordsOf } from '../support/launch-paths/walk.ts';
import { freePort } from '../support/loopback.ts';
import { inLanes } from '../support/proof/lanes.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';

const longest = 60;
const lanes = 3;
const found = toursOf(launchMachine, exploration, longest);

/** The transitions of a path, and what its verdicts weigh. */
const keysOf = (tour: Path): string[] => [
  ...transitionsAlong(launchMachine, input, tour),
  ...tour.flatMap(({ state }, at) => {
    const next = tour[at + 1];
    const word = next === undefined ? '' : wordsOf([next])[0];
    return word === 'settled' || word === 'mark not written'
      ? [`${word} ${weight(state)} ${JSON.stringify(state.value)}`]
      : [];
  }),
];

/** In a full run all of them; else a few that take every transition, and some more by the seed. */
const chosen = (): readonly Path[] => {
  if (isFull) return found;
  const more = fc.sample(fc.constantFrom(...found), { seed, numRuns: 8 });
  return [...new Set([...cover(found, keysOf), ...more])];
};

/** Do these words come in this order, whatever else comes between? */
const inOrder = (words: readonly string[], needed: readonly string[]): boolean =>
  words.reduce((left, word) => (word === left[0] ? left.slice(1) : left), needed).length === 0;

const linux = process.platform === 'linux';
if (!linux) console.log('skipped: paths of the launch chart on real effects read the process table of Linux');

describe.runIf(linux)('every path of the launch chart on real effects', () => {
  const coverage = createCoverage();
  const paths = chosen();

  const walkAll = async (some: readonly Path[], mutate?: (effects: LaunchEffects) => LaunchEffects) => {
    const dir = temporaryFolder('stagedoor-launch');
    const wrong: string[] = [];
    await inLanes(
      some,
      lanes,
      async (tour, at) => {
        const port = wordsOf(tour).includes('port taken') ? await freePort() : null;
        const options = { dir: path.join(dir, String(at)), port, coverage };
        const broken = await walk(tour, mutate === undefined ? options : { ...options, mutate });
        wrong.push(...broken.map(what => `path ${found.indexOf(tour)}: ${what}`));
      },
      () => wrong.length >= 5,
    );
    return wrong;
  };

  test('P-01, P-09, P-26, P-27, P-30, L-03, L-05, L-06, S-06: on every edge real effects bring the chart where the model says and break no rule', async ({
    task,
  }) => {
    const steps = paths.reduce((sum, tour) => sum + tour.length, 0);
    expect(await walkAll(paths)).toEqual([]);
    ran({ task }, paths.length, 'launch paths on real effects');
    ran({ task }, steps, 'steps');
    const all = transitionsOf(launchMachine).length;
    console.log(
      `launch: ${paths.length} of ${found.length} paths, ${steps} steps, ${coverage.transitions.size} of ${all} transitions on real effects`,
    );
  });

  test('charts: every state and every transition of the launch chart is taken on real effects', () => {
    expect(statesOf(launchMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(launchMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });

  const nothing = async (): Promise<void> => undefined;
  const mutants: readonly [string, (effects: LaunchEffects) => Partial<LaunchEffects>, readonly string[]][] =
    [
      [
        'a verdict that is not written',
        () => ({ settle: async () => ({ rolledBack: [] }) }),
        ['spawned', 'died', 'spawned', 'ready', 'counted', 'settled'],
      ],
      ['a damaged tree that stays', () => ({ quarantine: nothing }), ['damaged', 'set aside']],
      [
        'an attempt that is not recorded',
        () => ({ openAttempt: async candidate => ({ id: 'an-attempt', candidate }) }),
        ['recorded', 'spawned'],
      ],
      [
        'a launch that is not counted',
        () => ({ recordReady: async () => ({ healthyLaunches: 1, trusted: false }) }),
        ['ready', 'counted'],
      ],
      ['a trust that is not written', () => ({ recordTrusted: nothing }), ['trust written']],
      [
        'natives that nobody looks at',
        () => ({ matchNatives: async () => matched }),
        ['natives fit nowhere'],
      ],
      ['a tree that is not checked', () => ({ checkTree: nothing }), ['damaged']],
    ];

  test.each(mutants)('the replay notices %s', async (_, mutant, needed) => {
    const tours = found.filter(tour => inOrder(wordsOf(tour), needed)).slice(0, 1);
    expect(tours).toHaveLength(1);
    expect(await walkAll(tours, effects => ({ ...effects, ...mutant(effects) }))).not.toEqual([]);
  });
});
