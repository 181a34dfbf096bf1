import { describe, expect, type TestContext, test } from 'vitest';
import { defects } from '../support/power/defects.ts';
import { explore } from '../support/power/exploration.ts';
import { freedomOf, freeOrders } from '../support/power/free-orders.ts';
import { interrupted } from '../support/power/interrupted.ts';
import { mutantsOf } from '../support/power/mutants.ts';
import { type Recording, record } from '../support/power/scenario.ts';
import { scenarioNamed, scenarios } from '../support/power/scenarios.ts';
import { trialOf } from '../support/power/trial.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const perPrefix = share(40, 200);

/** In the full run each mutant with the first crash state that gave it away. */
const print = (rows: readonly string[]): void => {
  if (isFull) console.log(rows.join('\n'));
};

/** Holds every mutant of a recording against it; gives back those that were missed. */
const missedIn = async (recording: Recording, { task }: Pick<TestContext, 'task'>): Promise<string[]> => {
  const { scenario, operations } = recording;
  const hold = trialOf(recording, { perPrefix, seed });
  const missed: string[] = [];
  const rows: string[] = [];
  for (const mutant of mutantsOf(operations)) {
    const name = `${scenario.name}: ${mutant.kind}: ${mutant.place}`;
    const outcome = await hold(mutant);
    const free = outcome.kind === 'missed' ? freedomOf(name) : undefined;
    if (outcome.kind === 'missed') missed.push(name);
    ran({ task }, 1, free === undefined ? `mutants ${outcome.kind}` : 'orders that are free');
    const why = 'by' in outcome ? ` by ${outcome.by}` : free === undefined ? '' : `: free, ${free}`;
    rows.push(`${name}\n    ${outcome.kind}${why}`);
  }
  print(rows);
  return missed;
};

describe('P-03: each flush dropped or late, and each two acts swapped', () => {
  for (const scenario of scenarios) {
    test(`P-03: ${scenario.name}: every flush and every order is needed`, async ({ task }) => {
      const missed = await missedIn(await record(scenario), { task });
      const known = [...freeOrders.keys()].filter(name => name.startsWith(`${scenario.name}: `));
      expect(missed.filter(name => freedomOf(name) === undefined)).toEqual([]);
      expect(missed).toEqual(expect.arrayContaining(known));
    });
  }

  // What a flush is needed for where nothing was left to do: another process was killed before its own.
  for (const [name, flush] of [
    ['forgive', 2],
    ['unpin', 1],
  ] as const) {
    test(`P-03: ${name} after a kill: the flush of what was found done is needed`, async ({ task }) => {
      const recording = await record(interrupted(await record(scenarioNamed(name)), flush));
      expect(await missedIn(recording, { task })).toEqual([]);
    });
  }
});

describe('P-03: a defect of the code, played on the port that it writes through', () => {
  for (const [what, defect] of Object.entries(defects)) {
    test(`P-03: it is noticed where ${what}`, async ({ task }) => {
      for (const name of ['stage', 'roll back by hand']) {
        const recording = await record(scenarioNamed(name), defect);
        const { broken } = await explore(recording, { perPrefix, seed, enough: 1 });
        if (broken.length > 0) ran({ task }, 1, 'planted defects noticed');
        expect(broken, name).toHaveLength(1);
      }
    });
  }
});
