import path from 'node:path';
import type { NativePlace, NativesOutcome, NativeTree } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { NativeDependency, NativeUse } from '../natives/dependency.ts';
import { packagesFolder, treesOf } from '../natives/tree-place.ts';

/** The folder of a tree that holds its packages. */
export const packagesOf = ({ tag, stamp }: NativeTree, { kind }: Abi): string =>
  path.join(treesOf(tag).version(stamp), packagesFolder[kind]);

const treeFolder = (tree: NativeTree | null, { name }: NativePlace, abi: Abi): string => {
  if (tree === null) throw new StagedoorError('INTERNAL', `there is no tree for ${name}`);
  const folder = packagesOf(tree, abi);
  return abi.kind === 'python' ? folder : path.join(folder, ...name.split('/'));
};

const bundleFolder = ({ name, dir }: NativeDependency, { kind }: Abi): string => {
  if (dir === null) throw new StagedoorError('INTERNAL', `the bundle has no ${name}`);
  return kind === 'python' ? path.dirname(dir) : dir;
};

/** From where each native is to be loaded; nothing for those that fit where the runtime has them (N-08). Node: the folder of the
 * package. Python: the folder that holds the module. */
export const nativeUses = (
  natives: readonly NativeDependency[],
  { places, tree }: Pick<NativesOutcome, 'places' | 'tree'>,
  abi: Abi,
): readonly NativeUse[] =>
  places
    .filter(({ from }) => from !== 'own')
    .map(place => {
      const native = natives.find(({ name }) => name === place.name);
      if (native === undefined) throw new StagedoorError('INTERNAL', `nobody asked for ${place.name}`);
      const dir = place.from === 'tree' ? treeFolder(tree, place, abi) : bundleFolder(native, abi);
      return { name: native.name, module: native.module, dir };
    });
