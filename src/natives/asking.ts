import type { NativesOutcome, NativesSubject } from '../../machines/contract.ts';
import { runNatives } from '../actors/natives.ts';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import { compareNatives } from './comparison.ts';
import type { NativesEffects } from './effects.ts';
import type { NativesInstaller } from './installer.ts';
import type { LoadInstaller, MatchingParts, MatchNatives, NativesSetup } from './matching.ts';
import { type Probe, probeAbi } from './probe.ts';
import { treesOf } from './tree-place.ts';
import { findTree } from './trees/find.ts';
import { usualMemory } from './usual-memory.ts';
import { askedAbi, type Wanted, wantedTree } from './wanted.ts';

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

/**
 * The way of a launch whose natives fit and are not remembered: what `probing` of the chart asks first, and its end where nothing
 * lacks. Null: it is a matter for the chart.
 */
const matchedAlready = async (
  effects: NativesEffects,
  subject: NativesSubject,
  signal: AbortSignal,
): Promise<NativesOutcome | null> => {
  const tag = await effects.ask();
  if (tag === null) return null;
  const { places, lacking } = await effects.compare({ subject, tag }, signal);
  return lacking.length === 0
    ? { kind: 'matched', tag, places, tree: null, failure: null, fault: null }
    : null;
};

/** The whole question, with the chart where something lacks. */
export const createAsking = (setup: NativesSetup, parts: MatchingParts): MatchNatives => {
  const effects = createNativesEffects(setup, parts);
  const { tell, watch } = parts;
  return async (subject, signal) =>
    (await matchedAlready(effects, subject, signal)) ??
    (await runNatives(effects, { mode: setup.mode, subject }, signal, { tell, inspect: watch?.() }));
};
