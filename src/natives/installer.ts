import type { NativeTree } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { diskFaults } from '../staging/disk-faults.ts';
import type { Report } from '../staging/progress.ts';
import type { FileSystem } from '../store/file-system.ts';
import { sweepScratch } from '../store/scratch.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import { buildFromSource } from './build.ts';
import type { NativesEffects } from './effects.ts';
import type { FetchNatives } from './fetching.ts';
import { createRest } from './rest.ts';
import { treesOf } from './tree-place.ts';
import { awaitOther, claimScratch } from './trees/claim.ts';
import { commitTree } from './trees/commit.ts';
import { proofOf, refusalsIn } from './trees/prove.ts';
import { collectTrees } from './trees/upkeep.ts';
import type { Wanted } from './wanted.ts';

/** The effects that change the disk. They are loaded when something is to be installed. */
export type NativesInstaller = Omit<NativesEffects, 'ask' | 'compare' | 'find'>;

type Draft = {
  readonly files: readonly TreeEntry[];
  readonly built: readonly string[];
  /** Of those that the last proof has refused. */
  readonly refused: readonly string[];
};

export type InstallerParts = {
  readonly fs: FileSystem;
  readonly fetch: FetchNatives;
  readonly report: Report;
};

/** The tree counts already: what a disk does not let go of now goes the next time (P-13). */
const tidyUp = async (fs: FileSystem, tree: NativeTree, scratch: string): Promise<void> => {
  try {
    await sweepScratch(fs, treesOf(tree.tag), { abandoned: [scratch] });
    // Of all ABIs: of one that is gone nothing is ever installed again.
    await collectTrees(fs, new Date(), tree);
  } catch (error) {
    if (!(error instanceof StagedoorError) || error.blame !== 'disk') throw error;
  }
};

/** Trees of two ABIs may have the same stamp. */
const placeOf = (tag: string, stamp: string): string => `${tag}/${stamp}`;

/** `wanted` says anew what the app has pinned for the executable. */
export const createInstaller = (
  wanted: () => Promise<Wanted>,
  { fs, fetch, report }: InstallerParts,
): NativesInstaller => {
  const drafts = new Map<string, Draft>();
  const rest = createRest();
  const draftOf = (scratch: string): Draft => {
    const draft = drafts.get(scratch);
    if (draft !== undefined) return draft;
    throw new StagedoorError('INTERNAL', `nothing has been fetched into ${scratch}`);
  };

  return {
    claim: async ({ tag }, signal) => {
      const { stamp } = await wanted();
      rest.assertOver(placeOf(tag, stamp));
      return claimScratch(fs, treesOf(tag), { tag, stamp }, signal);
    },
    awaitOther: async ({ tag }, signal) => {
      const { stamp } = await wanted();
      await awaitOther(fs, treesOf(tag), stamp, signal);
    },
    fetch: async ({ tag, scratch }, signal) => {
      const { abi, exec, pins, buildable, stamp } = await wanted();
      const layout = treesOf(tag);
      const place = { folder: layout.partial(scratch), tree: layout.partialTree(scratch) };
      const request = { abi, exec, pins, buildable, ...place };
      const { files } = await rest.during(placeOf(tag, stamp), signal, () => fetch(request, signal, report));
      drafts.set(scratch, { files, built: [], refused: [] });
    },
    build: async ({ tag, scratch }, signal) => {
      const { abi, exec, stamp } = await wanted();
      const tree = treesOf(tag).partialTree(scratch);
      const { files, refused: names } = draftOf(scratch);
      const build = () => buildFromSource({ abi, exec, tree, names, files }, signal);
      drafts.set(scratch, {
        files: await rest.during(placeOf(tag, stamp), signal, build),
        built: names,
        refused: [],
      });
    },
    prove: async ({ tag, scratch }) => {
      const { abi, exec, natives, probe, stamp } = await wanted();
      const tree = treesOf(tag).partialTree(scratch);
      const draft = draftOf(scratch);
      const refusals = await refusalsIn(fs, { abi, exec, tree, natives, probe });
      drafts.set(scratch, { ...draft, refused: refusals.map(({ native }) => native.name) });
      const proof = proofOf(refusals, abi);
      const isBuilt = draft.built.length > 0;
      if (proof.kind === 'refused' && (isBuilt || !proof.buildable)) rest.after(placeOf(tag, stamp), proof);
      return proof;
    },
    commit: async ({ tag, scratch }, signal) => {
      const { natives, pins } = await wanted();
      const layout = treesOf(tag);
      const tree = { tag, scratch, names: natives.map(({ name }) => name), pins, ...draftOf(scratch) };
      return diskFaults('put the native modules into their place', signal, async () => {
        const committed = await commitTree(fs, layout, tree, signal);
        drafts.delete(scratch);
        await tidyUp(fs, committed, scratch);
        return committed;
      });
    },
    clean: async ({ tag, scratch }) => {
      // Not a word to the executable: it may be what has gone.
      drafts.delete(scratch);
      await sweepScratch(fs, treesOf(tag), { abandoned: [scratch] });
    },
  };
};
