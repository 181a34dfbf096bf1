import type { NativeTree } from '../../../machines/contract.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { Layout } from '../../store/layout.ts';

/** The tree with this stamp, if it is there and whole. */
export const findTree = async (
  _fs: FileSystem,
  _layout: Layout,
  _wanted: { readonly tag: string; readonly stamp: string },
): Promise<NativeTree | null> => null;
