import type {
  Candidate,
  NativesMode,
  NativesOutcome,
  NativesSubject,
  NativesTarget,
} from '../../machines/contract.ts';
import { type NativesListener, runNatives } from '../actors/natives.ts';
import { StagedoorError } from '../failure.ts';
import type { Report } from '../staging/progress.ts';
import type { FileSystem } from '../store/file-system.ts';
import { sweepScratch } from '../store/scratch.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { Abi } from './abi.ts';
import { buildFromSource } from './build.ts';
import { compareNatives, pinsFor } from './comparison.ts';
import type { NativeDependency, Pin } from './dependency.ts';
import type { NativesEffects } from './effects.ts';
import type { FetchNatives } from './fetching.ts';
import { type Probe, probeAbi } from './probe.ts';
import { treesOf } from './tree-place.ts';
import { awaitOther, claimScratch } from './trees/claim.ts';
import { commitTree } from './trees/commit.ts';
import { findTree } from './trees/find.ts';
import { proveTree } from './trees/prove.ts';
import { stampOf } from './trees/stamp.ts';

/** Finds natives that fit, or a tree; never rejects but for an abort and for a defect of ours. */
export type MatchNatives = (subject: NativesSubject, signal: AbortSignal) => Promise<NativesOutcome>;

export type NativesSetup = {
  readonly fs: FileSystem;
  readonly exec: string;
  readonly natives: readonly NativeDependency[];
  readonly mode: NativesMode;
  /** Where a candidate itself looks for its natives, in its order. */
  readonly ownPath: (candidate: Candidate, abi: Abi) => readonly string[];
};

export type MatchingParts = Pick<NativesListener, 'tell'> & {
  /** Makes an observer for each run; not asked where there are no natives. */
  readonly watch?: (() => NativesListener['inspect']) | undefined;
  /** Null: nothing can be installed here. */
  readonly fetch?: FetchNatives | null | undefined;
  readonly report?: Report | undefined;
  readonly probe?: Probe | undefined;
};

const silent: Report = () => undefined;

type Draft = { readonly files: readonly TreeEntry[]; readonly built: readonly string[] };

const uniquePins = (natives: readonly NativeDependency[], abi: Abi): readonly Pin[] => [
  ...new Map(
    natives.flatMap(native => pinsFor(native, abi)).map(pin => [`${pin.name}@${pin.version}`, pin]),
  ).values(),
];

/** The effects of the chart of natives for one executable. */
export const createNativesEffects = (setup: NativesSetup, parts: MatchingParts = {}): NativesEffects => {
  const { fs, exec, natives } = setup;
  const { fetch = null, probe = probeAbi, report = silent } = parts;
  const drafts = new Map<string, Draft>();

  const asked = async (): Promise<Abi> => {
    const abi = await probe(exec);
    if (abi !== null) return abi;
    throw new StagedoorError('NATIVE_ABI_MISMATCH', 'the executable does not say any more what it is');
  };
  const draftOf = (scratch: string): Draft => {
    const draft = drafts.get(scratch);
    if (draft !== undefined) return draft;
    throw new StagedoorError('INTERNAL', `nothing has been fetched into ${scratch}`);
  };
  const wanted = async (): Promise<{ readonly abi: Abi; readonly pinned: readonly NativeDependency[] }> => {
    const abi = await asked();
    return { abi, pinned: natives.filter(native => pinsFor(native, abi).length > 0) };
  };
  const stamp = async (): Promise<string> => {
    const { abi, pinned } = await wanted();
    const buildable = pinned.filter(({ build }) => build).map(({ name }) => name);
    return stampOf(uniquePins(pinned, abi), buildable);
  };

  return {
    ask: async () => (await probe(exec))?.tag ?? null,
    compare: async ({ subject: { candidate } }) => {
      const abi = await asked();
      const ownPath = candidate === null ? [] : setup.ownPath(candidate, abi);
      const comparison = compareNatives(natives, { fs, abi, exec, ownPath });
      return { ...comparison, installable: comparison.installable && fetch !== null };
    },
    find: async ({ tag }: NativesTarget) => {
      const { pinned } = await wanted();
      return pinned.length === 0 ? null : findTree(fs, treesOf(tag), { tag, stamp: await stamp() });
    },
    claim: async ({ tag }, signal) => claimScratch(fs, treesOf(tag), await stamp(), signal),
    awaitOther: async ({ tag }, signal) => awaitOther(fs, treesOf(tag), await stamp(), signal),
    fetch: async ({ tag, scratch }, signal) => {
      if (fetch === null) throw new StagedoorError('INTERNAL', 'nothing can be installed here');
      const { abi, pinned } = await wanted();
      const layout = treesOf(tag);
      const pins = uniquePins(pinned, abi);
      const place = { folder: layout.partial(scratch), tree: layout.partialTree(scratch) };
      const { files } = await fetch({ abi, exec, pins, ...place }, signal, report);
      drafts.set(scratch, { files, built: [] });
    },
    build: async ({ tag, scratch }, signal) => {
      const { abi, pinned } = await wanted();
      const names = pinned.filter(({ build }) => build).map(({ name }) => name);
      const tree = treesOf(tag).partialTree(scratch);
      const files = await buildFromSource({ abi, exec, tree, names, ...draftOf(scratch) }, signal);
      drafts.set(scratch, { files, built: names });
    },
    prove: async ({ tag, scratch }) => {
      const { abi, pinned } = await wanted();
      return proveTree(fs, { abi, exec, tree: treesOf(tag).partialTree(scratch), natives: pinned, probe });
    },
    commit: async ({ tag, scratch }, signal) => {
      const { abi, pinned } = await wanted();
      const names = pinned.map(({ name }) => name);
      const tree = { tag, scratch, names, pins: uniquePins(pinned, abi), ...draftOf(scratch) };
      return commitTree(fs, treesOf(tag), tree, signal);
    },
    clean: async ({ tag, scratch }) => {
      drafts.delete(scratch);
      await sweepScratch(fs, treesOf(tag), { abandoned: [scratch] });
    },
  };
};

/** The chart of natives for one executable, as one question with one answer. */
export const createMatching = (setup: NativesSetup, parts: MatchingParts = {}): MatchNatives => {
  const effects = createNativesEffects(setup, parts);
  const { mode, natives } = setup;
  const { tell } = parts;
  const watch = natives.length === 0 ? undefined : parts.watch;
  return (subject, signal) => runNatives(effects, { mode, subject }, signal, { tell, inspect: watch?.() });
};
