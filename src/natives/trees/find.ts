import path from 'node:path';
import type { NativeTree } from '../../../machines/contract.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { statOf } from '../../store/folder.ts';
import { versionsInUse } from '../../store/in-use.ts';
import type { Layout } from '../../store/layout.ts';
import { quarantine } from '../../store/retention.ts';
import { checkTree } from '../../store/tree-check.ts';
import { ownVersion } from '../../version.ts';
import { stampName } from '../tree-place.ts';
import { readStamp, type Stamp } from './stamp.ts';
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
  if (statOf(fs, dir) === undefined) return { kind: 'missing' };
  const check = await checkTree(fs, dir, { expectedTree: null, depth });
  if (!check.ok) return { kind: 'damaged', reason: `${check.path}: ${check.reason}` };
  const said = check.list.version === stamp ? readStamp(fs, path.join(dir, stampName)) : null;
  if (said === null || said.tag !== tag)
    return { kind: 'damaged', reason: 'it is the tree of something else' };
  return { kind: 'whole', stamp: said };
};

/** One that a child has loaded from is left to it: without its list, nobody takes it again (P-12). */
const setAside = (fs: FileSystem, layout: Layout, stamp: string): void => {
  if (!versionsInUse(fs, layout).has(stamp)) quarantine(fs, layout, stamp);
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
  if (look.kind === 'whole' && look.stamp.stagedoor === ownVersion) {
    noteUse(fs, layout, wanted.stamp, new Date());
    return { ...wanted, names: look.stamp.names };
  }
  if (look.kind === 'damaged') setAside(fs, layout, wanted.stamp);
  return null;
};
