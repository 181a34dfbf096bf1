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
export const ratios = (ours: readonly number[], yardsticks: readonly number[]): readonly number[] =>
  ours.map((value, at) => {
    const yardstick = yardsticks[at];
    if (yardstick === undefined) throw new TypeError(`run ${at} has no other`);
    return value / yardstick;
  });

export type Interval = { readonly low: number; readonly high: number };

/**
 * Of the normal distribution, by which the ranks about a median are spread: 997 series in 1,000 keep within. Of those that are
 * looked at again and again until they tell, some 99 in 100.
 */
const sigmas = 3;

/**
 * Between which of the values the median lies of all that could have been measured, however they are spread: told by ranks
 * alone. Unbounded where there are too few to tell.
 */
export const medianInterval = (values: readonly number[]): Interval => {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  const rank = Math.floor((length - sigmas * Math.sqrt(length)) / 2);
  const { [rank - 1]: low = Number.NEGATIVE_INFINITY, [length - rank]: high = Number.POSITIVE_INFINITY } =
    sorted;
  return { low, high };
};

export const holds = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

type Sides<Name extends string, Figures> = Readonly<Record<Name, () => Promise<Figures>>>;
type Series<Name extends string, Figures> = Readonly<Record<Name, readonly Figures[]>>;
type IsEnough<Name extends string, Figures> = (figures: Series<Name, Figures>) => boolean;

/**
 * The first round is thrown away: it fills the caches of the system. No side is always the first one. Ends before all `runs`
 * where it is enough.
 */
const inRounds = async <Name extends string, Figures>(
  runs: number,
  sides: Sides<Name, Figures>,
  isEnough: IsEnough<Name, Figures>,
  measured: (names: readonly Name[]) => Promise<readonly (readonly [Name, Figures])[]>,
): Promise<Series<Name, Figures>> => {
  const names = Object.keys(sides) as Name[];
  const figures = Object.fromEntries(names.map(name => [name, [] as Figures[]])) as Record<Name, Figures[]>;
  for (let run = -1; run < runs && !isEnough(figures); run += 1) {
    const round = await measured(run % 2 === 0 ? names : names.toReversed());
    if (run >= 0) for (const [name, figure] of round) figures[name].push(figure);
  }
  return figures;
};

const never = (): boolean => false;

/** Runs A B B A A B …: on a machine whose speed drifts, both sides see the same weather. */
export const interleaved = <Name extends string, Figures>(
  runs: number,
  sides: Sides<Name, Figures>,
): Promise<Series<Name, Figures>> =>
  inRounds<Name, Figures>(runs, sides, never, async names => {
    const round: (readonly [Name, Figures])[] = [];
    for (const name of names) round.push([name, await sides[name]()]);
    return round;
  });

/** Runs all sides at once, round by round: what the machine does to one, it does to the others. */
export const together = <Name extends string, Figures>(
  runs: number,
  sides: Sides<Name, Figures>,
  isEnough: IsEnough<Name, Figures> = never,
): Promise<Series<Name, Figures>> =>
  inRounds<Name, Figures>(runs, sides, isEnough, names =>
    Promise.all(names.map(async name => [name, await sides[name]()] as const)),
  );
