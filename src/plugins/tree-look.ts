import type { FileSystem } from '../store/file-system.ts';
import { isFolder } from '../store/folder.ts';
import type { Layout } from '../store/layout.ts';
import { isThere } from '../store/placing.ts';
import { checkTree } from '../store/tree-check.ts';
import { type PluginRecord, readPluginRecord } from './record.ts';

export type PluginLook =
  | { readonly kind: 'whole'; readonly record: PluginRecord; readonly tree: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly reason: string };

/**
 * Holds the tree of a plugin against its own list, every file by its hash, and the list against the digest that was recorded, if
 * one was. Rejects where the machine is out of what a look needs.
 */
export const lookAtPlugin = async (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  tree: string | null,
): Promise<PluginLook> => {
  const dir = layout.version(stamp);
  if (!isFolder(fs, dir)) {
    return isThere(fs, dir) ? { kind: 'damaged', reason: 'it is not a folder' } : { kind: 'missing' };
  }
  const check = await checkTree(fs, dir, { expectedTree: tree, depth: 'full' });
  if (!check.ok) return { kind: 'damaged', reason: `${check.path}: ${check.reason}` };
  const record = check.list.version === stamp ? readPluginRecord(fs, dir) : null;
  if (record === null) return { kind: 'damaged', reason: 'it is the tree of something else' };
  return { kind: 'whole', record, tree: check.digest };
};
