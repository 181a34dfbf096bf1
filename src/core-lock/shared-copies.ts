import type { CoreLock, LockedPackage } from './core-lock.ts';

/** How deep a copy lies: 1 for `node_modules/a`, 2 for one inside another package. */
const depthOf = (place: string): number => place.split('/').filter(part => part === 'node_modules').length;

/** Is its folder called like the package, or has the runtime given it another name? */
const isAlias = (name: string, place: string): boolean => place !== name && !place.endsWith(`/${name}`);

/**
 * The joined one goes before all, for nobody can share it and another copy would be a second one; then the one that lies highest,
 * one that is called so before one with another name; the first of equals, which is the same for everybody.
 */
const isBetter = (a: LockedPackage, b: LockedPackage): boolean => {
  if (a.place === null || b.place === null) return a.place !== null && b.place === null;
  const deeper = depthOf(b.place) - depthOf(a.place);
  return deeper < 0 || (deeper === 0 && isAlias(a.name, a.place) && !isAlias(b.name, b.place));
};

/**
 * Of each locked package the copy that plugins are given, by its lower-cased name: a runtime may hold several versions of one, but
 * only one is shared.
 */
export const sharedCopies = (
  { packages }: Pick<CoreLock, 'packages'>,
  ecosystem: LockedPackage['ecosystem'],
): ReadonlyMap<string, LockedPackage> => {
  const copies = new Map<string, LockedPackage>();
  for (const one of packages) {
    if (one.ecosystem !== ecosystem) continue;
    const key = one.name.toLowerCase();
    const known = copies.get(key);
    if (known === undefined || isBetter(known, one)) copies.set(key, one);
  }
  return copies;
};
