import type { CoreLock, LockedPackage } from './core-lock.ts';

/** How deep a copy lies: 1 for `node_modules/a`, 2 for one inside another package. */
const depthOf = (place: string): number => place.split('/').filter(part => part === 'node_modules').length;

/** What an importer calls it: the name of its folder, which may be an alias; null for the runtime itself, and for what is joined. */
const folderName = ({ ecosystem, place }: LockedPackage): string | null =>
  ecosystem === 'npm' && place !== null && place !== '.'
    ? (place.split('node_modules/').at(-1) ?? place)
    : null;

const keysOf = (one: LockedPackage): ReadonlySet<string> =>
  new Set([one.name, folderName(one) ?? one.name].map(name => name.toLowerCase()));

/**
 * The joined one goes before all, for nobody can share it and another copy would be a second one; then the one that lies highest,
 * one that is called so before one with another name; the first of equals, which is the same for everybody.
 */
const isBetter = (key: string, a: LockedPackage, b: LockedPackage): boolean => {
  if (a.place === null || b.place === null) return a.place !== null && b.place === null;
  const deeper = depthOf(b.place) - depthOf(a.place);
  const isCalledSo = (one: LockedPackage): boolean => (folderName(one) ?? one.name).toLowerCase() === key;
  return deeper < 0 || (deeper === 0 && !isCalledSo(a) && isCalledSo(b));
};

/**
 * The copy that plugins are given, by each lower-cased name that it is imported or known by: `react` may be another package in a
 * runtime that has it under that name. A runtime may hold several versions of a package, but only one is shared.
 */
export const sharedCopies = (
  { packages }: Pick<CoreLock, 'packages'>,
  ecosystem: LockedPackage['ecosystem'],
): ReadonlyMap<string, LockedPackage> => {
  const copies = new Map<string, LockedPackage>();
  for (const one of packages.filter(other => other.ecosystem === ecosystem)) {
    for (const key of keysOf(one)) {
      const known = copies.get(key);
      if (known === undefined || isBetter(key, known, one)) copies.set(key, one);
    }
  }
  return copies;
};
