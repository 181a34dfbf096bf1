import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOthers } from '../support/launch-paths/others.ts';
import { ran, seed } from '../support/proof/run.ts';

const most = 12;
type Step = 'mine' | 'theirs' | 'end' | 'look';

/** A system with few numbers: they go up, those in use are left out, and after the highest it begins anew. Some are always free. */
const createSystem = () => {
  const alive = new Map<number, 'mine' | 'theirs'>();
  let last = 0;
  return {
    alive,
    last: () => last,
    begin: (whose: 'mine' | 'theirs'): void => {
      if (alive.size === most - 4) return;
      do last = (last % most) + 1;
      while (alive.has(last));
      alive.set(last, whose);
    },
    end: (at: number): void => {
      const pid = [...alive.keys()][at % alive.size];
      if (pid !== undefined) alive.delete(pid);
    },
  };
};

describe('looking for the children of a process', () => {
  test('a child is found whoever had its number before', ({ task }) => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom<Step>('mine', 'theirs', 'end', 'look'), fc.nat(most - 1)),
      { minLength: 20, maxLength: 200 },
    );
    let found = 0;
    fc.assert(
      fc.property(steps, all => {
        const [system, others] = [createSystem(), createOthers()];
        let begun = 0;
        const look = (): void => {
          begun = 0;
          others.look(system.last());
          for (const [pid, whose] of system.alive) {
            if (whose === 'theirs') others.add(pid);
            else {
              found += 1;
              expect(others.has(pid)).toBe(false);
            }
          }
        };
        for (const [step, at] of all) {
          if (step === 'end') system.end(at);
          else if (step === 'look') look();
          else {
            system.begin(step);
            begun += 1;
            // Nothing begins so many processes that a whole round goes by unseen.
            if (begun === 3) look();
          }
        }
      }),
      { seed, numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(1000);
    ran({ task }, found, 'children found');
  });

  test("somebody else's process is asked once in a round", () => {
    const others = createOthers();
    others.look(10);
    others.add(7);
    others.look(11);
    expect(others.has(7)).toBe(true);
    others.look(3);
    expect(others.has(7)).toBe(false);
  });
});
