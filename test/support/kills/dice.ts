import { seed } from '../proof/run.ts';

/** Random choices that the seed of the run repeats; each label has a row of its own. */
export type Dice = {
  /** From 0 up to 1. */
  readonly real: () => number;
  /** A whole number from 0 up to the limit, without it. */
  readonly below: (limit: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
};

const startOf = (label: string): number => {
  let start = seed | 0;
  for (const letter of label) start = Math.imul(start ^ letter.charCodeAt(0), 0x01000193);
  return start;
};

/** Mulberry32: small, and the same everywhere. */
export const diceFor = (label: string): Dice => {
  let state = startOf(label);
  const real = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(real() * limit);
  return {
    real,
    below,
    pick: items => {
      const item = items[below(items.length)];
      if (item === undefined) throw new TypeError('there is nothing to pick from');
      return item;
    },
  };
};
