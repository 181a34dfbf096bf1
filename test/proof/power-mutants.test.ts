import { describe, expect, test } from 'vitest';
import { defects } from '../support/power/defects.ts';
import { explore } from '../support/power/exploration.ts';
import { freeOrders } from '../support/power/free-orders.ts';
import { mutantsOf } from '../support/power/mutants.ts';
import { record, type Scenario } from '../support/power/scenario.ts';
import { scenarios } from '../support/power/scenarios.ts';
import { trialOf } from '../support/power/trial.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const perPrefix = share(60, 500);

/** In the full run each mutant with the first crash state that gave it away. */
const print = (rows: readonly string[]): void => {
  if (isFull) console.log(rows.join('\n'));
};

describe('P-03: each flush dropped or late, and each two acts swapped', () => {
  for (const scenario of scenarios) {
    test(`P-03: ${scenario.name}: every flush and every order is needed`, async ({ task }) => {
      const recording = await record(scenario);
      const hold = trialOf(recording, { perPrefix, seed });
      const missed: string[] = [];
      const rows: string[] = [];
      for (const mutant of mutantsOf(recording.operations)) {
        const name = `${scenario.name}: ${mutant.kind}: ${mutant.place}`;
        const outcome = await hold(mutant);
        const free = outcome.kind === 'missed' ? freeOrders.get(name) : undefined;
        if (outcome.kind === 'missed') missed.push(name);
        ran({ task }, 1, free === undefined ? `mutants ${outcome.kind}` : 'orders that are free');
        rows.push(`${name}\n    ${outcome.kind}${free ?? ('by' in outcome ? ` by ${outcome.by}` : '')}`);
      }
      print(rows);
      const known = [...freeOrders.keys()].filter(name => name.startsWith(`${scenario.name}: `));
      expect(new Set(missed)).toEqual(new Set(known));
    });
  }
});

const named = (name: string): Scenario => {
  const scenario = scenarios.find(known => known.name === name);
  if (scenario === undefined) throw new Error(`there is no program ${name}`);
  return scenario;
};

describe('P-03: a defect of the code, played on the port that it writes through', () => {
  for (const [what, defect] of Object.entries(defects)) {
    test(`P-03: it is noticed where ${what}`, async ({ task }) => {
      for (const name of ['stage', 'roll back by hand']) {
        const recording = await record(named(name), defect);
        const { broken } = await explore(recording, { perPrefix, seed, enough: 1 });
        if (broken.length > 0) ran({ task }, 1, 'planted defects noticed');
        expect(broken, name).toHaveLength(1);
      }
    });
  }
});
