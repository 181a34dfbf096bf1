import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schedule } from '../support/charts/samples.ts';
import { check, describeFlaw } from '../support/model-check/check.ts';
import { createReality, demandsOf, valuesOf } from '../support/model-check/comparison.ts';
import { faults, plant, scopeFor } from '../support/model-check/planted.ts';
import { createProduct } from '../support/model-check/product.ts';
import { fullScopes, scopeOf, shortScopes } from '../support/model-check/scopes.ts';
import { boot, movesOn, taken } from '../support/model-check/search.ts';
import { emptyStore } from '../support/model-check/world.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

/** An assertion with its message costs more than the step that it looks at: made where there is something to tell. */
const expectSame = (seen: unknown, expected: unknown, path: readonly string[]): void => {
  if (!isDeepStrictEqual(seen, expected)) expect(seen, path.join('\n')).toStrictEqual(expected);
};

describe('everything that may happen to the three charts together', () => {
  for (const scope of isFull ? [...shortScopes, ...fullScopes] : shortScopes) {
    test(`P-06, P-28, P-30: ${scope.title}: a runtime comes up, and no rule is broken`, ({ task }) => {
      const { states, edges, depth, flaws } = check(scope);
      expect(flaws.map(describeFlaw)).toEqual([]);
      console.log(`${scope.title}: ${states} states, ${edges} transitions, depth ${depth}`);
      ran({ task }, states, 'states');
      ran({ task }, edges, 'transitions');
    });
  }
});

describe('the checker itself', () => {
  for (const fault of faults) {
    test(`model check: finds ${fault.title}`, () => {
      const found = check(scopeFor(fault), plant(fault)).flaws.map(({ rule }) => rule);
      expect(found.join('\n')).toContain(fault.noticed);
    });
  }

  test('model check: without a planted fault nothing is found', () => {
    for (const scope of new Set(faults.map(scopeFor))) expect(check(scope).flaws).toEqual([]);
  });

  test('model check: the stepped charts go where real actors go, and ask for the same', ({ task }) => {
    const scope = scopeOf({
      title: 'a walk',
      versions: 2,
      bundled: 'moody',
      scheduled: true,
      trust: true,
      commands: [
        'start',
        'stop',
        'restart',
        'consent',
        'check',
        'update',
        'cancel',
        'wake',
        'hold',
        'release',
        'lease',
        'rollback',
        'pin',
      ],
      upheavals: ['publish', 'outgrow', 'damage', 'garble'],
      faults: ['write', 'machine', 'registry', 'disk'],
    });
    const product = createProduct(schedule, undefined, { crashLimit: 2 });
    const walks = share(10, 2_000);
    const choices = fc.sample(fc.array(fc.nat(), { minLength: 120, maxLength: 120 }), {
      seed,
      numRuns: walks,
    });
    let steps = 0;
    for (const walk of choices) {
      const reality = createReality(schedule, 2);
      let state = boot(product, emptyStore(2, false));
      reality.demands();
      const path: string[] = [];
      for (const choice of walk) {
        const moves = movesOn(scope, state);
        const move = moves[choice % moves.length];
        if (move === undefined) break;
        path.push(move.label);
        if (move.to === null || move.fact === null) {
          state = { charts: state.charts, world: move.world };
          continue;
        }
        const turn = product.deliver(state.charts, move.to, move.fact);
        reality.send(move.to, move.fact.event);
        expectSame(reality.demands(), demandsOf(turn.outward), path);
        expectSame(reality.values(), valuesOf(turn.charts), path);
        state = taken(turn, move.world).state;
        steps += 1;
      }
      reality.stop();
    }
    ran({ task }, steps, 'steps beside real actors');
  });
});
