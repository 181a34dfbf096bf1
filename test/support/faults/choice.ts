import { diceFor } from '../kills/dice.ts';
import { isFull } from '../proof/run.ts';

/** All of it in a full run; else as many as are wanted, chosen by the seed. */
export const chosen = <Item>(items: readonly Item[], wanted: number, label: string): readonly Item[] => {
  if (isFull || items.length <= wanted) return items;
  const dice = diceFor(label);
  const left = [...items];
  return Array.from({ length: wanted }, () => left.splice(dice.below(left.length), 1)).flat();
};
