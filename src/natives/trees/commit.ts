import type { NativeTree } from '../../../machines/contract.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { Layout } from '../../store/layout.ts';
import type { TreeEntry } from '../../store/tree-list.ts';
import type { Pin } from '../dependency.ts';

export type TreeToCommit = {
  readonly tag: string;
  readonly scratch: string;
  /** Of the natives it is for. */
  readonly names: readonly string[];
  readonly pins: readonly Pin[];
  /** Names of those that were built here. */
  readonly built: readonly string[];
  readonly files: readonly TreeEntry[];
};

export const commitTree = async (
  _fs: FileSystem,
  _layout: Layout,
  _tree: TreeToCommit,
  _signal: AbortSignal,
): Promise<NativeTree> => {
  throw new Error('to come');
};
