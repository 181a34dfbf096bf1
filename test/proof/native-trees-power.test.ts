import { expect, test } from 'vitest';
import { exploreTrees, recordInstallation } from '../support/native-trees/tree-power.ts';
import { preparations } from '../support/native-trees/tree-world.ts';
import { mutantsOf } from '../support/power/mutants.ts';
import { Refused } from '../support/power/performing.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const programs = ['empty', 'in place of a damaged tree', 'after a crash'] as const;

test.for(programs)(
  'P-02, P-35: a cut of the power at any moment of an installation, %s, leaves a whole tree or none, and the tree that was reported',
  async (name, { task }) => {
    const recording = await recordInstallation(preparations[name]);
    const { states, broken } = await exploreTrees(recording, { perPrefix: share(50, 3000), seed, enough: 3 });
    ran({ task }, states, 'crash states');
    expect(states).toBeGreaterThan(500);
    expect(broken).toEqual([]);
  },
);

test.for(programs)(
  'P-03, P-35: each flush of an installation, %s, is needed, and its absence is noticed',
  async (name, { task }) => {
    const recording = await recordInstallation(preparations[name]);
    const missed: string[] = [];
    for (const mutant of mutantsOf(recording.operations)) {
      if (mutant.kind !== 'flush dropped') continue;
      try {
        const { broken } = await exploreTrees(
          recording,
          { perPrefix: share(60, 400), seed, enough: 1 },
          mutant.operations,
        );
        if (broken.length === 0) missed.push(mutant.place);
        ran({ task }, 1, 'mutants');
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }
    expect(missed).toEqual([]);
  },
);
