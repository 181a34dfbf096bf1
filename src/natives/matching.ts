import path from 'node:path';
import type { Candidate, NativesMode, NativesOutcome, NativesSubject } from '../../machines/contract.ts';
import { type NativesListener, runNatives } from '../actors/natives.ts';
import { StagedoorError } from '../failure.ts';
import { type FileSystem, nodeFileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import { cacheFolder } from './cache-folder.ts';
import { compareNatives } from './comparison.ts';
import type { NativeDependency } from './dependency.ts';
import type { NativesEffects } from './effects.ts';
import { createFitMemory, type FitMemory, forgetful } from './fit-memory.ts';
import type { NativesInstaller } from './installer.ts';
import type { NodeStart } from './module-folders.ts';
import { type Probe, probeAbi } from './probe.ts';
import { rememberedMatch } from './remembered-match.ts';
import { treesOf } from './tree-place.ts';
import { findTree } from './trees/find.ts';
import { askedAbi, type Wanted, wantedTree } from './wanted.ts';

/** Finds natives that fit, or a tree; never rejects but for an abort and for a defect of ours. */
export type MatchNatives = (subject: NativesSubject, signal: AbortSignal) => Promise<NativesOutcome>;

export type NativesSetup = {
  readonly fs: FileSystem;
  readonly exec: string;
  readonly natives: readonly NativeDependency[];
  readonly mode: NativesMode;
  /** Where a candidate itself looks for its natives, in its order. */
  readonly ownPath: (candidate: Candidate, abi: Abi) => readonly string[];
  /** Where a candidate that Node runs begins to look; null: nowhere, or nobody can tell. */
  readonly nodeStart?: ((candidate: Candidate) => NodeStart | null) | undefined;
};

export type MatchingParts = Pick<NativesListener, 'tell'> & {
  /** Makes an observer for each run of the chart. */
  readonly watch?: (() => NativesListener['inspect']) | undefined;
  /** Loads what installs; null: nothing can be installed here. */
  readonly install?: LoadInstaller | null | undefined;
  readonly probe?: Probe | undefined;
  readonly memory?: FitMemory | undefined;
};

/** Never in the graph of those who only launch. */
export type LoadInstaller = (wanted: () => Promise<Wanted>, fs: FileSystem) => Promise<NativesInstaller>;

/** A file system that a host gives is not the one that the cache is on. */
const usualMemory = (fs: FileSystem): FitMemory =>
  fs === nodeFileSystem ? createFitMemory(fs, path.join(cacheFolder(), 'fits.json')) : forgetful;

/** One answer for a whole run: some executables are started for each, and one may be replaced meanwhile. */
const askedOnce = (probe: Probe) => {
  let answer: Promise<Abi | null> | null = null;
  const fresh: Probe = exec => {
    answer = probe(exec);
    return answer;
  };
  const known: Probe = exec => answer ?? fresh(exec);
  return { fresh, known };
};

const onDemand = (install: LoadInstaller | null, wanted: () => Promise<Wanted>, fs: FileSystem) => {
  let loaded: Promise<NativesInstaller> | null = null;
  return (): Promise<NativesInstaller> => {
    if (install === null) throw new StagedoorError('INTERNAL', 'nothing can be installed here');
    loaded ??= install(wanted, fs);
    return loaded;
  };
};

/** The effects of the chart of natives for one executable. */
export const createNativesEffects = (setup: NativesSetup, parts: MatchingParts = {}): NativesEffects => {
  const { fs, exec, natives } = setup;
  const { install = null, probe = probeAbi, memory = usualMemory(fs) } = parts;
  const { fresh, known } = askedOnce(probe);
  const wanted = (): Promise<Wanted> => wantedTree({ exec, probe: known }, natives);
  const installer = onDemand(install, wanted, fs);
  return {
    ask: async () => (await fresh(exec))?.tag ?? null,
    compare: async ({ subject }) => {
      const { candidate } = subject;
      const abi = await askedAbi(known, exec);
      const ownPath = candidate === null ? [] : setup.ownPath(candidate, abi);
      const comparison = compareNatives(natives, { fs, abi, exec, memory, ownPath }, subject);
      return { ...comparison, installable: comparison.installable && install !== null };
    },
    find: async ({ tag }) => {
      const { natives: pinned, stamp } = await wanted();
      return pinned.length === 0 ? null : findTree(fs, treesOf(tag), { tag, stamp });
    },
    claim: async (target, signal) => (await installer()).claim(target, signal),
    awaitOther: async (target, signal) => (await installer()).awaitOther(target, signal),
    fetch: async (draft, signal) => (await installer()).fetch(draft, signal),
    build: async (draft, signal) => (await installer()).build(draft, signal),
    prove: async (draft, signal) => (await installer()).prove(draft, signal),
    commit: async (draft, signal) => (await installer()).commit(draft, signal),
    clean: async draft => (await installer()).clean(draft),
  };
};

const nothingNeeded: NativesOutcome = { kind: 'matched', tag: null, places: [], tree: null, failure: null };

/**
 * The way of almost every launch, which must not cost it a millisecond: what `probing` of the chart asks first, and its end
 * where nothing lacks. Null: it is a matter for the chart.
 */
const matchedAlready = async (
  effects: NativesEffects,
  subject: NativesSubject,
  signal: AbortSignal,
): Promise<NativesOutcome | null> => {
  const tag = await effects.ask();
  if (tag === null) return null;
  const { places, lacking } = await effects.compare({ subject, tag }, signal);
  return lacking.length === 0 ? { kind: 'matched', tag, places, tree: null, failure: null } : null;
};

/** What needs no looking, for a runtime that our own executable is about to run. */
const knownAlready = (
  { fs, exec, natives, nodeStart }: NativesSetup,
  memory: FitMemory,
  { candidate }: NativesSubject,
): NativesOutcome | null =>
  candidate === null || nodeStart === undefined || exec !== process.execPath
    ? null
    : rememberedMatch({ fs, memory, natives, start: nodeStart(candidate) });

/** The chart of natives for one executable, as one question with one answer. */
export const createMatching = (setup: NativesSetup, parts: MatchingParts = {}): MatchNatives => {
  const { mode, natives, fs } = setup;
  const { memory = usualMemory(fs) } = parts;
  const effects = createNativesEffects(setup, { ...parts, memory });
  const { tell, watch } = parts;
  if (natives.length === 0) return async () => nothingNeeded;
  return async (subject, signal) =>
    knownAlready(setup, memory, subject) ??
    (await matchedAlready(effects, subject, signal)) ??
    (await runNatives(effects, { mode, subject }, signal, { tell, inspect: watch?.() }));
};
