import { expect, test } from 'vitest';
import { explore } from '../support/power/exploration.ts';
import { interrupted } from '../support/power/interrupted.ts';
import { randomFrom } from '../support/power/random.ts';
import { record } from '../support/power/scenario.ts';
import { scenarioNamed } from '../support/power/scenarios.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const perPrefix = share(20, 40);

/** Programs that another process runs again where the first one was killed. */
const repeatable = [
  'stage',
  'stage a damaged version anew',
  'adopt',
  'recover from a dead shell',
  'roll back by hand',
  'roll back by hand to the bundled one',
  'pin and unpin',
  'unpin',
  'forgive',
  'collect',
];

/** An attempt whose closing is taken back is judged again by the start after the cut, and its strike counts once. */
const toleratedLast = new Map([['recover from a dead shell', 1]]);

/** All flushes of a program, or one of them in the short run. */
const chosenOf = (flushes: number): number[] => {
  const all = Array.from({ length: flushes }, (_, at) => at + 1);
  return isFull ? all : all.slice(randomFrom(seed)(flushes), flushes).slice(0, 1);
};

const chosen = repeatable.filter((_, at) => isFull || (at + seed) % 3 === 0).map(scenarioNamed);

for (const scenario of chosen) {
  test(`P-01, P-02: ${scenario.name}: killed before a flush, run again, then the power is cut`, async ({
    task,
  }) => {
    const whole = await record(scenario);
    const flushes =
      whole.operations.filter(({ kind }) => kind === 'flush').length -
      (toleratedLast.get(scenario.name) ?? 0);
    const all: string[] = [];
    for (const flush of chosenOf(flushes)) {
      const recording = await record(interrupted(whole, flush));
      const { states, broken } = await explore(recording, { perPrefix, seed, enough: 1 });
      ran({ task }, states, 'crash states after a kill');
      all.push(...broken);
    }
    expect(all).toEqual([]);
  });
}
