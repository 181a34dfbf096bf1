import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/** True for a version in canonical spelling (no `v`, no blanks): only such text may become a path segment. */
export const isVersion = (text: unknown): text is string => {
  if (typeof text !== 'string') return false;
  const parsed = parse(text);
  if (parsed === null) return false;
  return text === [parsed.version, ...(parsed.build.length > 0 ? [parsed.build.join('.')] : [])].join('+');
};

/** Ascending by semver precedence; equal ones by spelling, so that the order is total. */
export const byVersion = (a: string, b: string): number => compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
