import type { CoreLock, LockedPackage } from './core-lock.ts';

/** By UTF-16 code units: the same on every machine, whatever its language. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted, each once. */
export const sortedSet = (texts: Iterable<string>): readonly string[] =>
  [...new Set(texts)].sort(byCodeUnits);

/** Tells two packages apart: several may be joined into files, but a place holds one. */
export const packageKey = ({ ecosystem, name, version, place }: LockedPackage): string =>
  place === null ? `${ecosystem}\0${name}\0${version}` : `${ecosystem}\0\0${place}`;

const byOrderOfLock = (a: LockedPackage, b: LockedPackage): number =>
  byCodeUnits(a.name.toLowerCase(), b.name.toLowerCase()) ||
  byCodeUnits(a.version, b.version) ||
  byCodeUnits(a.place ?? '', b.place ?? '') ||
  byCodeUnits(a.name, b.name) ||
  byCodeUnits(a.ecosystem, b.ecosystem);

/** The keys of a lock come from manifests: they become properties, whatever they are called. */
export const sortedRecord = (
  entries: Iterable<readonly [string, string]>,
): Readonly<Record<string, string>> => Object.fromEntries([...entries].sort(([a], [b]) => byCodeUnits(a, b)));

/** A lock in the order that it is written in. */
export const sortedLock = ({ packages, aliases }: Omit<CoreLock, 'schema'>): CoreLock => ({
  schema: 1,
  packages: packages.toSorted(byOrderOfLock).map(one => ({ ...one, modules: sortedSet(one.modules) })),
  aliases: sortedRecord(Object.entries(aliases)),
});
