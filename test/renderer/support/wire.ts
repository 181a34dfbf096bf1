/**
 * Values as text, for a channel of the browser's debugger that carries nothing else. What structured clone keeps and JSON
 * doesn't is kept: `undefined`, odd numbers, big integers, dates.
 */
type Wired = readonly [kind: string, value?: unknown];

const wired = (value: unknown): Wired => {
  if (value === undefined) return ['undefined'];
  if (typeof value === 'bigint') return ['bigint', String(value)];
  if (typeof value === 'number') return ['number', Object.is(value, -0) ? '-0' : String(value)];
  if (value instanceof Date) return ['date', String(value.getTime())];
  if (Array.isArray(value)) return ['array', value.map(wired)];
  if (typeof value === 'object' && value !== null)
    return ['object', Object.entries(value).map(([key, each]) => [key, wired(each)])];
  return ['json', value];
};

const unwired = ([kind, value]: Wired): unknown => {
  if (kind === 'undefined') return undefined;
  if (kind === 'bigint') return BigInt(value as string);
  if (kind === 'number') return Number(value);
  if (kind === 'date') return new Date(Number(value));
  if (kind === 'array') return (value as Wired[]).map(unwired);
  if (kind === 'object')
    return Object.fromEntries((value as [string, Wired][]).map(([key, each]) => [key, unwired(each)]));
  return value;
};

/** Throws what `structuredClone` throws: Electron refuses the same values. */
export const encode = (value: unknown): string => JSON.stringify(wired(structuredClone(value)));
export const decode = (text: string): unknown => unwired(JSON.parse(text) as Wired);
