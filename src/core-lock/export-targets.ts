import { asRecord } from '../store/json-shape.ts';

/** Nothing sets it at run time. */
const isForTypes = (condition: string): boolean => condition === 'types' || condition.startsWith('types@');

const deepest = 16;

/** The files that a value of `exports` leads to under any conditions; none for `null` and for what Node refuses. */
export const targetsOf = (value: unknown, depth = 0): readonly string[] => {
  if (depth > deepest) return [];
  if (typeof value === 'string') return value.startsWith('./') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(one => targetsOf(one, depth + 1));
  return Object.entries(asRecord(value) ?? {}).flatMap(([condition, target]) =>
    isForTypes(condition) ? [] : targetsOf(target, depth + 1),
  );
};

/** `exports` as subpath → value; a value for the package alone stands for `.`. Null for a mixture, which Node refuses. */
export const subpathsOf = (exports: unknown): ReadonlyMap<string, unknown> | null => {
  const record = asRecord(exports);
  const keys = record === null ? [] : Object.keys(record);
  const dotted = keys.filter(key => key.startsWith('.')).length;
  if (record === null || dotted === 0) return new Map([['.', exports]]);
  return dotted === keys.length ? new Map(Object.entries(record)) : null;
};
