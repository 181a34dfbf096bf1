import type { Candidate } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { removeDurably } from '../store/durable-file.ts';
import { isFolder } from '../store/folder.ts';
import { versionsInUse } from '../store/in-use.ts';
import { readPin } from '../store/pin.ts';
import { clearPointer, readPointer } from '../store/pointer.ts';
import { quarantine } from '../store/retention.ts';
import { checkTree, type TreeCheck } from '../store/tree-check.ts';
import { readTreeDigest } from '../store/tree-list.ts';
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

/** By its own list alone: another process has staged it anew since the candidate was chosen. */
const isSound = async ({ fs, layout }: LaunchSetup, version: string): Promise<boolean> =>
  (await checkTree(fs, layout.version(version), { expectedTree: null, depth: 'full' })).ok;

/** The pointer to the very tree that was refused; one of the older shape recorded none. */
const unpoint = ({ fs, layout }: LaunchSetup, { version, tree }: Candidate): Promise<boolean> =>
  clearPointer(fs, layout, tree === null ? { version } : { version, tree });

/** A tree without its list is damaged to everybody: no launch and no update takes it for good. */
const dropList = async ({ fs, layout }: LaunchSetup, version: string): Promise<void> => {
  // Through a link, a file of somebody else would go; the link itself is nothing that a child needs.
  if (isFolder(fs, layout.version(version))) await removeDurably(fs, layout.treeList(version));
  else quarantine(fs, layout, version);
};

/** Takes a tree out of use in which a child runs: it loses its list, and nothing else moves (P-12). */
export const condemn = async (setup: LaunchSetup, candidate: Candidate): Promise<void> => {
  await unpoint(setup, candidate);
  if (!(await isSound(setup, candidate.version))) await dropList(setup, candidate.version);
};

/** Is the tree that is there the one that is pointed to? Then it was staged anew, and others may launch it any moment. */
const isPointedTo = ({ fs, layout }: LaunchSetup, version: string): boolean => {
  const state = readPointer(fs, layout);
  return (
    state.kind === 'valid' &&
    state.pointer.version === version &&
    state.pointer.tree !== null &&
    state.pointer.tree === readTreeDigest(fs, layout.version(version))
  );
};

/**
 * Takes a damaged tree out of use, so that it is staged anew. Deleting is left to the collection after the start: the user
 * waits for a running app.
 */
export const setAside = async (setup: LaunchSetup, candidate: Candidate): Promise<void> => {
  const { fs, layout } = setup;
  const { version } = candidate;
  // A pin is the user's word: a tree that is sound by itself stays in its place.
  if (versionsInUse(fs, layout).has(version) || readPin(fs, layout) === version)
    return condemn(setup, candidate);
  await unpoint(setup, candidate);
  if (!isPointedTo(setup, version) && !quarantine(fs, layout, version)) await dropList(setup, version);
};
