import { byCodeUnits } from './order.ts';

/** A key of `exports` with one star, and the files that it leads to (each star of a target stands for the same text). */
export type Pattern = { readonly key: string; readonly targets: readonly string[] };

const ends = (key: string): readonly [string, string] => {
  const star = key.indexOf('*');
  return [key.slice(0, star), key.slice(star + 1)];
};

export const isPattern = (key: string): boolean => key.split('*').length === 2;

const matches = (key: string, subpath: string): boolean => {
  const [before, after] = ends(key);
  return subpath.length >= key.length && subpath.startsWith(before) && subpath.endsWith(after);
};

/** Node's order: the longest text before the star first, then the longest key. */
const bySpecificity = (a: Pattern, b: Pattern): number =>
  ends(b.key)[0].length - ends(a.key)[0].length || b.key.length - a.key.length || byCodeUnits(a.key, b.key);

/** What the stars of a target stand for, if the file is one of those it leads to. */
const starOf = (target: string, file: string): string | null => {
  const parts = target.split('*');
  const [first = '', ...rest] = parts;
  const length = (file.length - (target.length - rest.length)) / rest.length;
  if (!Number.isInteger(length) || length < 1) return null;
  const star = file.slice(first.length, first.length + length);
  return parts.join(star) === file ? star : null;
};

/** Longer ones are a package's whole content: the lock then holds the pattern in their place. */
const longestExpansion = 256;
/** What more patterns, or more hits of one, would take to be compared is hostile. */
const mostPatterns = 64;
const mostHits = 4096;
const mostTargets = 64;
const mostComparisons = 1_000_000;

const expanded = ({ key, targets }: Pattern, files: readonly string[]): ReadonlySet<string> => {
  const stars = targets.flatMap(target =>
    files.map(file => starOf(target, file)).filter(star => star !== null),
  );
  return new Set(stars.map(star => ends(key).join(star)));
};

/**
 * The subpaths that patterns make importable, `taken` being those that other keys decide. The most specific pattern that
 * fits decides about a subpath, also to its end (`null`). A pattern stays one (`./lib/*` stands for all that fit) where it has
 * more than 256 subpaths, or endlessly many because it leads to one file, or where the package has too many files (`files`
 * null), patterns or targets.
 */
export const expandPatterns = (
  patterns: readonly Pattern[],
  files: readonly string[] | null,
  taken: ReadonlySet<string>,
): readonly string[] => {
  const open = patterns.filter(({ targets }) => targets.length > 0);
  if (files === null || patterns.length > mostPatterns) return open.map(({ key }) => key);
  const order = patterns.toSorted(bySpecificity);
  let left = mostComparisons;
  const isAffordable = ({ targets }: Pattern): boolean => {
    left -= targets.length * files.length;
    return left >= 0 && targets.length <= mostTargets && targets.every(target => target.includes('*'));
  };
  const decides = (pattern: Pattern, subpath: string): boolean =>
    !taken.has(subpath) && order.find(({ key }) => matches(key, subpath)) === pattern;
  return open.flatMap(pattern => {
    const hits = isAffordable(pattern) ? expanded(pattern, files) : null;
    if (hits === null || hits.size > mostHits) return [pattern.key];
    const subpaths = [...hits].filter(subpath => decides(pattern, subpath));
    return subpaths.length > longestExpansion ? [pattern.key] : subpaths;
  });
};
