import type { TreeEntry } from '../store/tree-list.ts';
import type { Abi } from './abi.ts';

export type BuildRequest = {
  readonly abi: Abi;
  readonly exec: string;
  /** The tree on its way. */
  readonly tree: string;
  /** Packages to build. */
  readonly names: readonly string[];
  readonly files: readonly TreeEntry[];
};

/** Builds packages in a tree from their source; gives back every file of the tree then. */
export const buildFromSource = async (
  _request: BuildRequest,
  _signal: AbortSignal,
): Promise<readonly TreeEntry[]> => {
  throw new Error('to come');
};
