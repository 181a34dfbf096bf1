import type { CoreLock, LockedPackage } from './core-lock.ts';
import { byCodeUnits } from './order.ts';
import { isPythonVersion } from './python-specifier.ts';
import { sharedCopies } from './shared-copies.ts';

export type PythonConstraints = {
  /** `name==version`, sorted by name, once for each name: the copy that plugins share. */
  readonly lines: readonly string[];
  /** Those with a version that is none by PEP 440: no installer of today takes a constraint to one. */
  readonly leftOut: readonly LockedPackage[];
};

/** What pip and uv take as a file of constraints. Packages of npm are passed by. */
export const pythonConstraints = (lock: Pick<CoreLock, 'packages'>): PythonConstraints => {
  const copies = [...sharedCopies(lock, 'python').values()].sort((a, b) => byCodeUnits(a.name, b.name));
  return {
    lines: copies
      .filter(({ version }) => isPythonVersion(version))
      .map(({ name, version }) => `${name}==${version}`),
    leftOut: copies.filter(({ version }) => !isPythonVersion(version)),
  };
};
