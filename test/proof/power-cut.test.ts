import { describe, expect, test } from 'vitest';
import { explore } from '../support/power/exploration.ts';
import { record } from '../support/power/scenario.ts';
import { scenarios } from '../support/power/scenarios.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const perPrefix = share(25, 6000);
const counted = new Map<string, number>();

describe('P-02, P-05: what a cut of the power leaves, at any moment and of whatever was not flushed', () => {
  for (const scenario of scenarios) {
    test(`P-02, P-05: ${scenario.name}: a start launches the old good version or the new one, whole`, async ({
      task,
    }) => {
      const recording = await record(scenario);
      const budget = { perPrefix, seed, enough: 3, fingerprints: true };
      const { states, distinct, judged, broken } = await explore(recording, budget);
      counted.set(scenario.name, states);
      ran({ task }, states, 'crash states');
      ran({ task }, distinct, 'of them different on disk');
      ran({ task }, judged, 'different to a start');
      expect(broken).toEqual([]);
    });
  }

  test.runIf(isFull)('P-02: at least a million crash states were gone through', ({ skip }) => {
    if (counted.size < scenarios.length) skip('not all programs were run');
    expect([...counted.values()].reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1_000_000);
  });
});
