import type { CoreLock, LockedPackage } from '../../core-lock/core-lock.ts';

/** What can be imported of a runtime's Python, by name. */
export type LockedModules = {
  /** `yaml`, and of a namespace what belongs to a distribution in it: `google.auth`. */
  readonly modules: ReadonlyMap<string, LockedPackage>;
  /** `google`: nobody's alone. */
  readonly namespaces: ReadonlySet<string>;
  /** By the lower-cased name. */
  readonly folded: ReadonlyMap<string, LockedPackage>;
  /** Canonical names. */
  readonly distributions: ReadonlySet<string>;
};

const parentsOf = (module: string): readonly string[] => {
  const parts = module.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
};

export const lockedModules = ({ packages }: Pick<CoreLock, 'packages'>): LockedModules => {
  const python = packages.filter(({ ecosystem }) => ecosystem === 'python');
  const pairs = python.flatMap(one => one.modules.map(module => [module, one] as const));
  return {
    modules: new Map(pairs.toReversed()),
    namespaces: new Set(pairs.flatMap(([module]) => parentsOf(module))),
    folded: new Map(pairs.toReversed().map(([module, one]) => [module.toLowerCase(), one])),
    distributions: new Set(python.map(({ name }) => name)),
  };
};

/** The locked package from whose module a name differs in its case alone. */
export const lookedAlike = (locked: LockedModules, module: string): LockedPackage | undefined =>
  locked.modules.has(module) || locked.namespaces.has(module)
    ? undefined
    : locked.folded.get(module.toLowerCase());
