import type { PluginConflict, PluginPackage } from '../../../machines/contract.ts';
import { isPythonVersion, meetsSpecifier } from '../../core-lock/python-specifier.ts';
import { StagedoorError } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { NeighbourPlugin } from '../provider.ts';
import { type Owner, siteModules } from './site-modules.ts';

const textOf = ({ name, version }: NeighbourPlugin): string => `${name}@${version}`;

const isSame = (a: string, b: string): boolean =>
  a === b || (isPythonVersion(a) && isPythonVersion(b) && meetsSpecifier(a, `==${b}`));

/** The same distribution in two versions: whichever lies first on the path would be imported by both. */
const packageConflicts = (own: NeighbourPlugin, other: NeighbourPlugin): readonly PluginConflict[] =>
  own.packages.flatMap(({ name, version }: PluginPackage) => {
    const there = other.packages.find(one => one.name === name);
    if (there === undefined || isSame(version, there.version)) return [];
    const about = { as: name, name, range: version, chain: [textOf(own)] };
    return [{ ...about, reason: 'beside', locked: there.version, beside: textOf(other) }];
  });

/** The name itself, and those of the packages around it. */
const upward = (module: string): readonly string[] =>
  module.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'));

type Modules = ReadonlyMap<string, Owner>;

/** Modules that one has, and the other has of another distribution, or hides with a package around it. */
const overlaps = (own: Modules, other: Modules): readonly (readonly [string, Owner, Owner])[] => {
  const pairs = [...own].flatMap(([module, owner]) =>
    upward(module).flatMap(name => {
      const there = other.get(name);
      return there === undefined || there.name === owner.name ? [] : [[module, owner, there] as const];
    }),
  );
  const inside = [...other].flatMap(([module, there]) =>
    upward(module)
      .slice(0, -1)
      .flatMap(name => {
        const owner = own.get(name);
        return owner === undefined || there.name === owner.name ? [] : [[module, owner, there] as const];
      }),
  );
  return [...pairs, ...inside];
};

/** Null where it can't be read: of one that is damaged its own check tells. */
const modulesOf = (fs: FileSystem, { name, version, site }: NeighbourPlugin): Modules | null => {
  if (site === null) return null;
  try {
    return siteModules(fs, site, { name, version });
  } catch (error) {
    if (error instanceof StagedoorError) return null;
    throw error;
  }
};

const moduleConflicts = (
  fs: FileSystem,
  own: NeighbourPlugin,
  modules: Modules,
  other: NeighbourPlugin,
): readonly PluginConflict[] => {
  const there = modulesOf(fs, other);
  if (there === null) return [];
  return overlaps(modules, there).map(([as, { name, version }, holder]) => ({
    ...{ as, name, range: version ?? '', chain: [textOf(own)], reason: 'beside' },
    ...{ locked: holder.version, holder: holder.name, beside: textOf(other) },
  }));
};

/** What keeps a plugin from lying beside others on one `sys.path`, where the first one's copy counts for all. */
export const besideConflicts = (
  fs: FileSystem,
  own: NeighbourPlugin,
  others: readonly NeighbourPlugin[],
): readonly PluginConflict[] => {
  const modules = modulesOf(fs, own);
  return others.flatMap(other => [
    ...packageConflicts(own, other),
    ...(modules === null ? [] : moduleConflicts(fs, own, modules, other)),
  ]);
};

/** What others bring and is not locked by now, as constraints of pip: of each name the first. What is no version of PEP 440 is passed by. */
export const besideConstraints = (
  others: readonly NeighbourPlugin[],
  isLocked: (name: string) => boolean,
): ReadonlyMap<string, string> =>
  new Map(
    others
      .flatMap(({ packages }) => packages)
      .filter(({ name, version }) => isPythonVersion(version) && !isLocked(name))
      .toReversed()
      .map(({ name, version }) => [name, version]),
  );
