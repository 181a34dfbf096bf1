import type { Candidate } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { removeDurably } from '../store/durable-file.ts';
import { isFolder } from '../store/folder.ts';
import { versionsInUse } from '../store/in-use.ts';
import { clearPointer } from '../store/pointer.ts';
import { quarantine } from '../store/retention.ts';
import { checkTree, type TreeCheck } from '../store/tree-check.ts';
import { placeOf } from './runtime.ts';
import type { LaunchSetup } from './setup.ts';

type Depth = Parameters<typeof checkTree>[2]['depth'];

/** A pointer of the older shape names a folder that was staged without a list (S-03): there is nothing to compare. */
const isUnlisted = ({ fs, layout }: LaunchSetup, { role, version, tree }: Candidate): boolean =>
  role === 'override' &&
  tree === null &&
  fs.lstatSync(layout.treeList(version), { throwIfNoEntry: false }) === undefined;

/** Compares a candidate with what was staged (P-09). Null: it is intact, or not ours to check. */
export const damageOf = async (
  setup: LaunchSetup,
  candidate: Candidate,
  depth: Depth,
): Promise<Extract<TreeCheck, { readonly ok: false }> | null> => {
  const { dir, staged } = placeOf(setup, candidate);
  if (!staged || isUnlisted(setup, candidate)) return null;
  const check = await checkTree(setup.fs, dir, { expectedTree: candidate.tree, depth });
  return check.ok ? null : check;
};

/** Rejects with TREE_DAMAGED. */
export const assertIntact = async (setup: LaunchSetup, candidate: Candidate): Promise<void> => {
  const damage = await damageOf(setup, candidate, 'launch');
  if (damage === null) return;
  const { path, reason } = damage;
  throw new StagedoorError('TREE_DAMAGED', `${candidate.version} is damaged: ${path}: ${reason}`);
};

/**
 * A tree without its list is damaged to everybody: no launch and no update takes it for good. Nothing else moves, because
 * a child may run in it.
 */
export const condemn = async ({ fs, layout }: LaunchSetup, version: string): Promise<void> => {
  await clearPointer(fs, layout, version);
  // Through a link, a file of somebody else would go; the link itself is nothing that a child needs.
  if (isFolder(fs, layout.version(version))) await removeDurably(fs, layout.treeList(version));
  else quarantine(fs, layout, version);
};

/**
 * Takes a damaged tree out of use, so that it is staged anew. Not one in which a child runs (P-12). Deleting is left to the
 * collection after the start: the user waits for a running app.
 */
export const setAside = async (setup: LaunchSetup, version: string): Promise<void> => {
  const { fs, layout } = setup;
  await clearPointer(fs, layout, version);
  if (versionsInUse(fs, layout).has(version) || !quarantine(fs, layout, version))
    await condemn(setup, version);
};
