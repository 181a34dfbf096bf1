import path from 'node:path';
import type { NativeTree } from '../../../machines/contract.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { isFolder } from '../../store/folder.ts';
import type { Layout } from '../../store/layout.ts';
import { isThere } from '../../store/placing.ts';
import { removeCondemned } from '../../store/retention.ts';
import { checkTree } from '../../store/tree-check.ts';
import { stampName } from '../tree-place.ts';
import { isMadeBy, readStamp, type Stamp } from './stamp.ts';
import { noteUse } from './use.ts';

export type WantedTree = { readonly tag: string; readonly stamp: string };

export type TreeLook =
  | { readonly kind: 'whole'; readonly stamp: Stamp }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Compares a tree with its own list and stamp; `launch`: what is executed by hash, the rest by size and time (P-10). */
export const lookAtTree = async (
  fs: FileSystem,
  layout: Layout,
  { tag, stamp }: WantedTree,
  depth: 'launch' | 'full',
): Promise<TreeLook> => {
  const dir = layout.version(stamp);
  if (!isFolder(fs, dir)) {
    return isThere(fs, dir) ? { kind: 'damaged', reason: 'it is not a folder' } : { kind: 'missing' };
  }
  const check = await checkTree(fs, dir, { expectedTree: null, depth });
  if (!check.ok) return { kind: 'damaged', reason: `${check.path}: ${check.reason}` };
  const said = check.list.version === stamp ? readStamp(fs, path.join(dir, stampName)) : null;
  if (said === null || said.tag !== tag || !isMadeBy(said.stagedoor, stamp))
    return { kind: 'damaged', reason: 'it is the tree of something else' };
  return { kind: 'whole', stamp: said };
};

/**
 * Sets a damaged tree aside, unless a child has loaded from it: that one keeps it to its end (P-12). False: it is still
 * there. Rejects where the cache does not say who uses it.
 */
export const setAside = async (fs: FileSystem, layout: Layout, stamp: string): Promise<boolean> => {
  await removeCondemned(fs, layout, stamp, null);
  return !isThere(fs, layout.version(stamp));
};

/**
 * The tree with this stamp, if it is there and whole. A damaged one is set aside, so that it is installed anew (N-04).
 * Rejects where the machine is out of what a look needs.
 */
export const findTree = async (
  fs: FileSystem,
  layout: Layout,
  wanted: WantedTree,
): Promise<NativeTree | null> => {
  const look = await lookAtTree(fs, layout, wanted, 'launch');
  if (look.kind === 'whole') {
    noteUse(fs, layout, wanted.stamp, new Date());
    return { ...wanted, names: look.stamp.names };
  }
  if (look.kind === 'damaged') await setAside(fs, layout, wanted.stamp);
  return null;
};
