import { describe, expect, it } from 'vitest';
import { randomFrom } from '../support/power/random.ts';
import { holds, interleaved, medianInterval, ratios, together } from './statistics.ts';

describe('where a median lies', () => {
  it('is not told by a few values', () => {
    expect(medianInterval([])).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    const few = Array.from({ length: 10 }, (_, at) => at);
    expect(medianInterval(few)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });

  it('is told by two of the values, as far from each end', () => {
    const values = Array.from({ length: 100 }, (_, at) => at + 1).toReversed();
    expect(medianInterval(values)).toEqual({ low: 35, high: 66 });
  });

  it.each([20, 60, 300])('holds it in at least 990 series in 1,000 of %i times, and not in all', length => {
    const random = randomFrom(length);
    /** As times are: many about the quickest, few far off. */
    const time = (): number => 1 - Math.log(1 - random(2 ** 32) / 2 ** 32);
    const trueMedian = 1 + Math.log(2);
    const series = 20_000;
    let held = 0;
    for (let at = 0; at < series; at += 1)
      held += holds(medianInterval(Array.from({ length }, time)), trueMedian) ? 1 : 0;
    expect(held / series).toBeGreaterThan(0.99);
    expect(held / series).toBeLessThan(1);
  });
});

describe('rounds', () => {
  const counting = () => {
    const order: string[] = [];
    const side = (name: string) => async () => order.push(name);
    return { order, sides: { a: side('a'), b: side('b') } };
  };

  it('turn about, and the first one does not count', async () => {
    const { order, sides } = counting();
    const figures = await interleaved(3, sides);
    expect(order.join('')).toBe('baabbaab');
    expect(figures).toEqual({ a: [3, 6, 7], b: [4, 5, 8] });
  });

  it('are all sides at once, and end as soon as it is enough', async () => {
    const { order, sides } = counting();
    const { a, b } = await together(10, sides, figures => figures.a.length === 2);
    expect(order.join('')).toBe('baabba');
    expect([a, b]).toEqual([
      [3, 6],
      [4, 5],
    ]);
  });
});

it('ratios are those of the same round', () => {
  expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  expect(() => ratios([1, 2], [1])).toThrow('run 1 has no other');
});
