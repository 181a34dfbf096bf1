import type { Candidate, NativesMode, NativesOutcome, NativesSubject } from '../../machines/contract.ts';
import type { NativesListener } from '../actors/natives.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import type { NativeDependency } from './dependency.ts';
import type { FitMemory } from './fit-memory.ts';
import type { NativesInstaller } from './installer.ts';
import type { NodeStart } from './module-folders.ts';
import type { Probe } from './probe.ts';
import { rememberedMatch } from './remembered-match.ts';
import { usualMemory } from './usual-memory.ts';
import type { Wanted } from './wanted.ts';

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

const nothingNeeded: NativesOutcome = {
  kind: 'matched',
  tag: null,
  places: [],
  tree: null,
  failure: null,
  fault: null,
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

/**
 * The chart of natives for one executable, as one question with one answer. What asks is loaded only where nothing is remembered:
 * most launches never need it.
 */
export const createMatching = (setup: NativesSetup, parts: MatchingParts = {}): MatchNatives => {
  const { natives, fs } = setup;
  const { memory = usualMemory(fs) } = parts;
  if (natives.length === 0) return async () => nothingNeeded;
  let asking: MatchNatives | null = null;
  return async (subject, signal) => {
    const known = knownAlready(setup, memory, subject);
    if (known !== null) return known;
    const { createAsking } = await import('./asking.ts');
    asking ??= createAsking(setup, { ...parts, memory });
    return asking(subject, signal);
  };
};
