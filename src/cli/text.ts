const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people: three digits at most before the point, `0 B`, `12.4 MB`. */
export const bytesText = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
};

/** `1 file`, `2 files`. */
export const count = (amount: number, noun: string, ending = 's'): string =>
  `${amount} ${noun}${amount === 1 ? '' : ending}`;

/** A moment as `2026-01-31 09:05 UTC`; what is no moment stays as it is. */
export const momentText = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A row of a block: a label, and one line or several. */
export type Row = readonly [label: string, value: string | readonly string[]];

/** Labels in a column of their own, values beside them; a row without values is left out. */
export const block = (rows: readonly Row[], paintLabel: (text: string) => string): string => {
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return rows
    .flatMap(([label, value]) =>
      (typeof value === 'string' ? [value] : value).map(
        (line, index) => `${paintLabel((index === 0 ? label : '').padEnd(width))}${line}`,
      ),
    )
    .join('\n');
};

/** A value from a file, in words; an object may have a `toString` of its own that is none. */
export const plainText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** A remark as a sentence: with a full stop, but not with two. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

const longest = 300;

/** A message that may hold the last words of a program, as one line of bearable length. */
export const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
};

/** A reason that begins with its version, for a line that has named it already: `it …`. */
export const withoutVersion = (version: string, reason: string): string =>
  reason.startsWith(`${version} `) ? `it ${reason.slice(version.length + 1)}` : reason;
