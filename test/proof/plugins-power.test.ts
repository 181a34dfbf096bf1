import { expect, test } from 'vitest';
import { type Ends, explorePlugin, recordProgram } from '../support/plugins/plugin-power.ts';
import type { Program } from '../support/plugins/plugin-set.ts';
import { mutantsOf } from '../support/power/mutants.ts';
import { Refused } from '../support/power/performing.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const ends = {
  'an installation': { before: 'none', after: '2.0.0' },
  'an installation over an older version': { before: '1.0.0', after: '2.0.0' },
  'an installation after a crash': { before: 'none', after: '2.0.0' },
  'a removal': { before: '1.0.0', after: 'none' },
} as const satisfies Partial<Record<Program, Ends>>;
const names = Object.keys(ends) as readonly (keyof typeof ends)[];

test.for(names)(
  'P-02, K-05: a cut of the power at any moment of %s leaves the plugin as before or as it was meant, and what was reported lasts',
  async (name, { task }) => {
    const recording = await recordProgram(name);
    const how = { perPrefix: share(50, 3000), seed, enough: 3 };
    const { states, broken } = await explorePlugin(recording, ends[name], how);
    ran({ task }, states, 'crash states');
    expect(states).toBeGreaterThan(name === 'a removal' ? 50 : 500);
    expect(broken).toEqual([]);
  },
);

test.for(names)(
  'P-03, K-05: each flush of %s is needed, and its absence is noticed',
  async (name, { task }) => {
    const recording = await recordProgram(name);
    const missed: string[] = [];
    for (const mutant of mutantsOf(recording.operations)) {
      if (mutant.kind !== 'flush dropped') continue;
      try {
        const how = { perPrefix: share(60, 400), seed, enough: 1 };
        const { broken } = await explorePlugin(recording, ends[name], how, mutant.operations);
        if (broken.length === 0) missed.push(mutant.place);
        ran({ task }, 1, 'mutants');
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
    expect(missed).toEqual([]);
  },
);
