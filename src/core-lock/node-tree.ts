import type { FileSystem } from '../store/file-system.ts';
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

export type NodeTree = Pick<CoreLock, 'packages' | 'aliases'> & { readonly leftOut: readonly LeftOut[] };

type Found = { readonly spot: Spot; readonly manifest: Manifest };

const isRoot = ({ place }: Spot): boolean => place === '.';

const look = (fs: FileSystem, spot: Spot): Found | LeftOut | null => {
  const reading = readManifest(fs, spot.dir, spot.place);
  if (reading.kind === 'none') return null;
  if (reading.kind === 'unfit') return { place: spot.place, reason: reading.reason };
  if (!isPlace(spot.place) || ![...spot.names].every(isPackageName))
    return { place: spot.place, reason: 'its folder has a name that nothing can be imported by' };
  return { spot, manifest: reading.manifest };
};

/** The runtime is imported by its own name; nobody else's folder says another. */
const namesOf = ({ spot, manifest }: Found): Iterable<string> =>
  spot.names.size === 0 ? [manifest.name] : spot.names;

const locked = (fs: FileSystem, hashOf: HashOf, found: Found): LockedPackage => {
  const { spot, manifest } = found;
  const { name, version } = manifest;
  return {
    ecosystem: 'npm',
    name,
    version,
    integrity: hashOf(spot.place, name, version),
    place: spot.place,
    modules: importableModules(fs, spot.dir, manifest, namesOf(found)),
  };
};

const depthOf = ({ spot }: Found): number => spot.place.split('/').length;

/** Folders that are called otherwise than their packages; where two mean different things, the outer one is what a plugin sees. */
const folderAliases = (found: readonly Found[]): readonly (readonly [string, string])[] =>
  found
    .filter(({ spot }) => !isRoot(spot))
    .toSorted((a, b) => depthOf(b) - depthOf(a) || (a.spot.place < b.spot.place ? 1 : -1))
    .flatMap(({ spot, manifest: { name, version } }) =>
      [...spot.names].filter(alias => alias !== name).map(alias => [alias, `${name}@${version}`] as const),
    );

/**
 * Every npm package of a runtime, itself included, read from the folder `root` (a real path) without running anything. Aliases
 * lead to `name@version` of what they stand for, `#x` to the target of an `import`. A package without name or version is
 * left out and said (K-02); what is there and can't be read is an error.
 */
export const readNodeTree = (fs: FileSystem, root: string): NodeTree => {
  const { spots, outside } = walkNodeTree(fs, root);
  const looked = spots.map(spot => look(fs, spot)).filter(one => one !== null);
  const found = looked.filter(one => 'manifest' in one);
  const hashOf = installedHashes(fs, root);
  const own = found.find(({ spot }) => isRoot(spot));
  return {
    packages: found.map(one => locked(fs, hashOf, one)),
    aliases: sortedRecord([...folderAliases(found), ...runtimeImports(own?.manifest.imports)]),
    leftOut: [
      ...looked.filter(one => 'reason' in one),
      ...outside.map(place => ({ place, reason: 'it is a link that leads out of the tree' })),
    ],
  };
};
