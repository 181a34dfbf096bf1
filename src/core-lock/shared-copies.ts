import type { CoreLock, LockedPackage } from './core-lock.ts';

/** How deep a copy lies: 1 for `node_modules/a`, 2 for one inside another package. */
const depthOf = (place: string): number => place.split('/').filter(part => part === 'node_modules').length;

/** The one that everything of the runtime finds, else the one that lies highest; the first of equals, which is the same for everybody. */
const better = (a: LockedPackage, b: LockedPackage): LockedPackage => {
  if (a.place === null || b.place === null) return a.place === null && b.place !== null ? b : a;
  return depthOf(b.place) < depthOf(a.place) ? b : a;
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
    copies.set(key, known === undefined ? one : better(known, one));
  }
  return copies;
};
