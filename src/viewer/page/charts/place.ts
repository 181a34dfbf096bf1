import type { AnyMachineSnapshot } from 'xstate';

const leaves = (value: unknown, path: string): string[] => {
  if (typeof value === 'string') return [path === '' ? value : `${path}.${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    leaves(inner, path === '' ? name : `${path}.${name}`),
  );
};

/** Where a chart stands, as a frame says it: `alive.probing`; regions are joined by a space. */
export const placeOf = ({ value }: AnyMachineSnapshot): string => leaves(value, '').join(' ');
