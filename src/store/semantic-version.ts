import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/** Characters of a version: with what the layout adds it must fit into a file name. */
const longest = 128;
/** `1.0.0-a.partial` is a version, but its folder would be the scratch folder of `1.0.0-a`. */
const scratchLike = /\.partial$/i;

/**
 * True for a version in canonical spelling (no `v`, no blanks) that can be the name of a folder of the store: only such
 * text may become a path segment.
 */
export const isVersion = (text: unknown): text is string => {
  if (typeof text !== 'string' || text.length > longest || scratchLike.test(text)) return false;
  const parsed = parse(text);
  if (parsed === null) return false;
  return text === [parsed.version, ...(parsed.build.length > 0 ? [parsed.build.join('.')] : [])].join('+');
};

/** Ascending by semver precedence; equal ones by spelling, so that the order is total. */
export const byVersion = (a: string, b: string): number => compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
