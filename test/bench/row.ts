import { holds, type Interval, median, medianInterval } from './statistics.ts';

/** `NOT shown`: the target lies within what is known of the ratio; `info`: nothing was promised. */
type Verdict = 'met' | 'NOT met' | 'NOT shown' | 'info';

/** One line of the table. */
export type Row = {
  readonly what: string;
  readonly ours: string;
  readonly yardstick: string;
  /** Ours in yardsticks; null where there is nothing to divide. */
  readonly ratio: number | null;
  /** Where it lies; null where a single figure was divided by a single one. */
  readonly range: Interval | null;
  readonly target: string;
  readonly verdict: Verdict;
  /** A count, not a time: it must be met on any machine. */
  readonly counted: boolean;
};

/** What was not shown counts as missed. */
const unmet = ({ verdict }: Row): boolean => verdict === 'NOT met' || verdict === 'NOT shown';

/** Missed targets; with `countedOnly`, those that no slow machine excuses. */
export const missed = (rows: readonly Row[], countedOnly: boolean): readonly Row[] =>
  rows.filter(row => unmet(row) && (row.counted || !countedOnly));

export const milliseconds = (value: number): string =>
  value < 1 ? `${value.toFixed(2)} ms` : value < 20 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

type Timing = {
  readonly what: string;
  readonly ours: number;
  readonly yardstick: { readonly name: string; readonly value: number };
  /** Pair by pair, where their middle is the ratio, and all that is known of it counts; else it is that of both figures. */
  readonly ratios?: readonly number[];
  readonly unit?: (value: number) => string;
  /** `ratio`: ours may be this many yardsticks, all of its range; `limit`: ours may be this much. */
  readonly target?: { readonly ratio: number } | { readonly limit: number };
};

export const verdictOf = (met: boolean): Verdict => (met ? 'met' : 'NOT met');

const judge = (target: Timing['target'], ours: number, ratio: number, range: Interval | null): Verdict => {
  if (target === undefined) return 'info';
  if ('limit' in target) return verdictOf(ours <= target.limit);
  if (range !== null && holds(range, target.ratio)) return 'NOT shown';
  return verdictOf(ratio <= target.ratio);
};

const targetText = (target: Timing['target'], unit: (value: number) => string): string => {
  if (target === undefined) return '';
  return 'ratio' in target ? `≤ ${target.ratio}×` : `≤ ${unit(target.limit)}`;
};

/** A row of two measured figures. */
export const timed = (timing: Timing): Row => {
  const { what, ours, yardstick, unit = milliseconds, target } = timing;
  const { ratios } = timing;
  const ratio = ratios === undefined ? ours / yardstick.value : median(ratios);
  const range = ratios === undefined ? null : medianInterval(ratios);
  return {
    what,
    ours: unit(ours),
    yardstick: `${yardstick.name}: ${unit(yardstick.value)}`,
    ratio,
    range,
    target: targetText(target, unit),
    verdict: judge(target, ours, ratio, range),
    counted: false,
  };
};

const ratioText = ({ ratio, range }: Row): string => {
  if (ratio === null) return '';
  const text = `${ratio.toFixed(2)}×`;
  return range === null ? text : `${text} (${range.low.toFixed(2)}–${range.high.toFixed(2)})`;
};

const cells = (row: Row): readonly string[] => [
  row.what,
  row.ours,
  row.yardstick,
  ratioText(row),
  row.target,
  row.verdict,
];

/** The table as text, columns aligned. */
export const renderTable = (rows: readonly Row[]): string => {
  const lines = [['what', 'ours', 'yardstick', 'ratio', 'target', 'verdict'], ...rows.map(cells)];
  const widths = [0, 1, 2, 3, 4, 5].map(column => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const render = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map(width => '-'.repeat(width));
  const [head = [], ...body] = lines;
  return [head, rule, ...body].map(render).join('\n');
};
