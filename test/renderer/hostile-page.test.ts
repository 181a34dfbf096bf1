import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { ran, seed, share } from '../support/proof/run.ts';
import { describeInBrowser } from '../viewer/support/browser.ts';
import { quiet } from './support/main-process.ts';
import { openWindow } from './support/window.ts';

/** In the page. */
declare const stagedoor: StagedoorBridge;

/** Whatever a page might pass: near misses of what is right, and anything at all. */
const argument = fc.oneof(
  fc.record(
    {
      when: fc.oneof(fc.constantFrom<unknown>('idle', 'now', 'Now', ['now'], { now: true }), fc.anything()),
      version: fc.string(),
      registry: fc.webUrl(),
    },
    { requiredKeys: [] },
  ),
  fc.string().map(when => ({ when })),
  fc.constantFrom({ ['__proto__']: { when: 'now' } }, [{ ['__proto__']: new Date(0) }]),
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
);

/** Says to the main process whatever the argument lets through, and gives back what each call came to. */
const attack = (given: readonly unknown[]): Promise<readonly string[]> => {
  const outcome = async (call: () => unknown): Promise<string> => {
    try {
      await call();
      return 'done';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const verbs = stagedoor as { [Verb in keyof StagedoorBridge]: (...args: unknown[]) => unknown };
  return Promise.all(
    given.flatMap(value => [
      outcome(() => verbs.restartToApply(value)),
      outcome(() => verbs.on(value, () => undefined)),
      outcome(() => verbs.on('state', value)),
      outcome(() => verbs.check(value)),
      outcome(() => verbs.status(value, { verb: 'hold' })),
      outcome(() => verbs.explain(value)),
    ]),
  );
};

/**
 * As an expression that makes the arguments anew in the page: Playwright's own way hands over neither a key `__proto__` nor an
 * object without a prototype.
 */
const attackWith = (given: readonly unknown[]): string =>
  `(${attack})([${given.map(value => fc.stringify(value)).join(', ')}])`;

const isRight = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every(key => key === 'when') &&
    ['idle', 'now', undefined].includes((value as { when?: 'idle' | 'now' }).when));

const isName = (value: unknown): boolean =>
  value === 'state' || value === 'update-staged' || value === 'rolled-back';

const orders = ['check', 'status', 'explain'].map(verb => JSON.stringify({ verb }));
const restarts = ['idle', 'now'].map(when => JSON.stringify({ verb: 'restartToApply', when }));

describeInBrowser('P-38: a page that passes anything', () => {
  test('P-38: sends the orders of the contract and nothing else, and is told which argument was wrong', async context => {
    const { page, main } = await openWindow();
    await main.tell(quiet);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 20 }), async given => {
        const before = main.orders().length;
        const outcomes = await page.evaluate<Awaited<ReturnType<typeof attack>>>(attackWith(given));
        const sent = main
          .orders()
          .slice(before)
          .map(order => JSON.stringify(order));
        expect(sent.filter(order => !orders.includes(order) && !restarts.includes(order))).toEqual([]);
        given.forEach((value, at) => {
          const [restart = '', name = '', listener = ''] = outcomes.slice(6 * at);
          if (restart !== 'done') expect(restart).toMatch(/^TypeError: restartToApply: options/);
          if (isRight(value)) expect(restart).toBe('done');
          expect(name).toMatch(isName(value) ? /^done$/ : /^TypeError: on: name must be one of/);
          expect(listener).toMatch(/^TypeError: on: listener must be a function, got/);
          count += 1;
        });
        expect(sent.filter(order => restarts.includes(order)).length).toBe(
          outcomes.filter((outcome, at) => at % 6 === 0 && outcome === 'done').length,
        );
      }),
      { seed, numRuns: share(30, 1000) },
    );
    ran(context, count, 'arguments');
  });
});
