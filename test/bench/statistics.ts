/** The middle one; of an even number, the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new TypeError('there is no median of nothing');
  return (low + high) / 2;
};

/**
 * What the one costs in the other, run by run: both of a pair have seen the same weather, so that the middle one of their ratios
 * keeps still where the ratio of their middles goes up and down with the machine.
 */
export const pairwise = (ours: readonly number[], yardsticks: readonly number[]): number =>
  median(
    ours.map((value, at) => {
      const yardstick = yardsticks[at];
      if (yardstick === undefined) throw new TypeError(`run ${at} has no other`);
      return value / yardstick;
    }),
  );

/**
 * Runs A B B A A B …: on a machine whose speed drifts, both sides see the same weather, and none is always the first. The
 * first round is thrown away: it fills the caches of the system.
 */
export const interleaved = async <Name extends string, Figures>(
  runs: number,
  sides: Readonly<Record<Name, () => Promise<Figures>>>,
): Promise<Readonly<Record<Name, readonly Figures[]>>> => {
  const names = Object.keys(sides) as Name[];
  const figures = Object.fromEntries(names.map(name => [name, [] as Figures[]])) as Record<Name, Figures[]>;
  for (let run = -1; run < runs; run += 1) {
    for (const name of run % 2 === 0 ? names : names.toReversed()) {
      const measured = await sides[name]();
      if (run >= 0) figures[name].push(measured);
    }
  }
  return figures;
};
