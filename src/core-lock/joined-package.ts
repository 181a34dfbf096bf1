import type { LockedPackage } from './core-lock.ts';

/** A package that was joined into a file: no folder is left of it, and nobody knows its archive. */
export const joinedPackage = (name: string, version: string, modules: readonly string[]): LockedPackage => ({
  ecosystem: 'npm',
  name,
  version,
  integrity: null,
  place: null,
  modules,
});
