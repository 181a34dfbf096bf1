/** One line of the table. */
export type Row = {
  readonly what: string;
  readonly ours: string;
  readonly yardstick: string;
  /** Ours in yardsticks; null where there is nothing to divide. */
  readonly ratio: number | null;
  readonly target: string;
  /** Null: for information, nothing was promised. */
  readonly met: boolean | null;
  /** A count, not a time: it must be met on any machine. */
  readonly counted: boolean;
};

const unmet = (row: Row): boolean => row.met === false;

/** Missed targets; with `countedOnly`, those that no slow machine excuses. */
export const missed = (rows: readonly Row[], countedOnly: boolean): readonly Row[] =>
  rows.filter(row => unmet(row) && (row.counted || !countedOnly));

export const milliseconds = (value: number): string =>
  value < 1 ? `${value.toFixed(2)} ms` : value < 20 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;

type Timing = {
  readonly what: string;
  readonly ours: number;
  readonly yardstick: { readonly name: string; readonly value: number };
  /** Where it was taken pair by pair (`pairwise`); else it is that of both figures. */
  readonly ratio?: number;
  readonly unit?: (value: number) => string;
  /** `ratio`: ours may be this many yardsticks; `limit`: ours may be this much. */
  readonly target?: { readonly ratio: number } | { readonly limit: number };
};

const judge = (target: Timing['target'], ours: number, ratio: number): boolean | null => {
  if (target === undefined) return null;
  return 'ratio' in target ? ratio <= target.ratio : ours <= target.limit;
};

const targetText = (target: Timing['target'], unit: (value: number) => string): string => {
  if (target === undefined) return '';
  return 'ratio' in target ? `≤ ${target.ratio}×` : `≤ ${unit(target.limit)}`;
};

/** A row of two measured figures. */
export const timed = (timing: Timing): Row => {
  const { what, ours, yardstick, unit = milliseconds, target } = timing;
  const { ratio = ours / yardstick.value } = timing;
  return {
    what,
    ours: unit(ours),
    yardstick: `${yardstick.name}: ${unit(yardstick.value)}`,
    ratio,
    target: targetText(target, unit),
    met: judge(target, ours, ratio),
    counted: false,
  };
};

const verdict = ({ met, ours, ratio, target }: Row): string => {
  if (met === null) return 'info';
  if (met) return 'met';
  return `NOT met (${target.endsWith('×') ? `${ratio?.toFixed(2)}×` : ours})`;
};

const cells = (row: Row): readonly string[] => [
  row.what,
  row.ours,
  row.yardstick,
  row.ratio === null ? '' : `${row.ratio.toFixed(2)}×`,
  row.target,
  verdict(row),
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
