import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bounds } from './bounds.ts';
import type { CoreLock, LockedPackage } from './core-lock.ts';
import { importableModules } from './importable.ts';
import { type HashOf, installedHashes } from './installed-hashes.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { isPackageName, isPlace } from './naming.ts';
import { type Spot, walkNodeTree } from './node-walk.ts';
import { sortedRecord } from './order.ts';
import { runtimeImports } from './runtime-imports.ts';

/** What lies in a tree and is not in its lock. */
export type LeftOut = { readonly place: string; readonly reason: string };

export type NodeTree = Pick<CoreLock, 'packages' | 'aliases'> & {
  readonly leftOut: readonly LeftOut[];
  /** What the runtime's own `package.json` says to us under `stagedoor`; undefined where nothing. */
  readonly ownWords: unknown;
};

/** Of a manifest only what is needed later: all of them together may be larger than the memory (P-22). */
type Found = { readonly spot: Spot; readonly locked: LockedPackage; readonly own: Manifest | null };

const isRoot = ({ place }: Spot): boolean => place === '.';

const look = (fs: FileSystem, hashOf: HashOf, spot: Spot): Found | LeftOut | null => {
  const reading = readManifest(fs, spot.dir, spot.place);
  if (reading.kind === 'none') return null;
  if (reading.kind === 'unfit') return { place: spot.place, reason: reading.reason };
  if (!isPlace(spot.place) || ![...spot.names].every(isPackageName))
    return { place: spot.place, reason: 'its folder has a name that nothing can be imported by' };
  const { manifest } = reading;
  return { spot, locked: locked(fs, hashOf, spot, manifest), own: isRoot(spot) ? manifest : null };
};

/** The runtime is imported by its own name; nobody else's folder says another. */
const namesOf = ({ names }: Spot, { name }: Manifest): Iterable<string> =>
  names.size === 0 ? [name] : names;

const locked = (fs: FileSystem, hashOf: HashOf, spot: Spot, manifest: Manifest): LockedPackage => {
  const { name, version } = manifest;
  return {
    ecosystem: 'npm',
    name,
    version,
    integrity: hashOf(spot.place, name, version),
    place: spot.place,
    modules: importableModules(fs, spot.dir, manifest, namesOf(spot, manifest)),
  };
};

const lengthOf = ({ modules }: LockedPackage): number =>
  modules.reduce((sum, module) => sum + module.length, 0);

/** One after the other, so that a tree whose lock nobody could read is refused before it has taken the memory. */
const lookAll = (fs: FileSystem, hashOf: HashOf, spots: readonly Spot[]): readonly (Found | LeftOut)[] => {
  const all: (Found | LeftOut)[] = [];
  let length = 0;
  for (const spot of spots) {
    const one = look(fs, hashOf, spot);
    if (one === null) continue;
    all.push(one);
    if ('locked' in one) length += lengthOf(one.locked);
    if (length > bounds.lock)
      throw new StagedoorError(
        'PACKAGE_UNSAFE',
        'the packages of the tree name more modules than a lock holds',
      );
  }
  return all;
};

const depthOf = ({ spot }: Found): number => spot.place.split('/').length;

/** Folders that are called otherwise than their packages; where two mean different things, the outer one is what a plugin sees. */
const folderAliases = (found: readonly Found[]): readonly (readonly [string, string])[] =>
  found
    .filter(({ spot }) => !isRoot(spot))
    .toSorted((a, b) => depthOf(b) - depthOf(a) || (a.spot.place < b.spot.place ? 1 : -1))
    .flatMap(({ spot, locked: { name, version } }) =>
      [...spot.names].filter(alias => alias !== name).map(alias => [alias, `${name}@${version}`] as const),
    );

/**
 * Every npm package of a runtime, itself included, read from the folder `root` (a real path) without running anything. Aliases
 * lead to `name@version` of what they stand for, `#x` to the target of an `import`. A package without name or version is
 * left out and said (K-02); what is there and can't be read is an error.
 */
export const readNodeTree = (fs: FileSystem, root: string): NodeTree => {
  const { spots, outside } = walkNodeTree(fs, root);
  const looked = lookAll(fs, installedHashes(fs, root), spots);
  const found = looked.filter(one => 'locked' in one);
  const own = found.find(one => one.own !== null)?.own;
  return {
    packages: found.map(one => one.locked),
    aliases: sortedRecord([...folderAliases(found), ...runtimeImports(own?.imports)]),
    ownWords: own?.stagedoor,
    leftOut: [
      ...looked.filter(one => 'reason' in one),
      ...outside.map(place => ({ place, reason: 'it is a link that leads out of the tree' })),
    ],
  };
};
