import path from 'node:path';
import type { Candidate } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import {
  createMatching,
  type MatchingParts,
  type MatchNatives,
  type NativesSetup,
} from '../natives/matching.ts';
import { moduleFolders, type NodeStart, realPlace } from '../natives/module-folders.ts';
import { entryFile } from '../store/entry.ts';
import { type CandidatePlace, placeOf } from './runtime.ts';
import type { LaunchSetup } from './setup.ts';

/**
 * Where a runtime finds its packages: Node beside and above its entry, a staged version not above itself; Python beside it and in its
 * own folder of packages.
 */
const ownPath = (setup: LaunchSetup, candidate: Candidate, { kind }: Abi): readonly string[] => {
  try {
    const { dir, entry, staged } = placeOf(setup, candidate);
    return kind === 'node'
      ? moduleFolders(setup.fs, path.dirname(realPlace(setup.fs, entry)), staged ? dir : null)
      : [path.dirname(entry), path.join(dir, 'site-packages')];
  } catch (error) {
    // A place that is gone is the tree check's to tell.
    if (error instanceof StagedoorError) return [];
    throw error;
  }
};

/** Of the bundle it is enough to know its entry: that it is still the same version is for the start to tell. */
const shortPlace = (setup: LaunchSetup, candidate: Candidate): CandidatePlace | null => {
  const { fs, bundledDir: dir } = setup;
  if (candidate.role !== 'bundled' || dir === null) return placeOf(setup, candidate);
  const entry = entryFile(fs, dir, setup.entry);
  return entry === null ? null : { dir, entry, staged: false };
};

/** The same place without the list of all folders. */
const nodeStart = (setup: LaunchSetup, candidate: Candidate): NodeStart | null => {
  const { fs } = setup;
  try {
    const place = shortPlace(setup, candidate);
    if (place === null) return null;
    const from = path.dirname(realPlace(fs, place.entry));
    return { from, top: place.staged ? realPlace(fs, place.dir) : null };
  } catch (error) {
    if (error instanceof StagedoorError) return null;
    throw error;
  }
};

/** What is known of the natives of a launch. */
export const nativesSetup = (setup: LaunchSetup): NativesSetup => {
  const { fs, exec, natives, nativesMode: mode } = setup;
  return {
    fs,
    exec,
    natives,
    mode,
    ownPath: (candidate, abi) => ownPath(setup, candidate, abi),
    nodeStart: candidate => nodeStart(setup, candidate),
  };
};

/** The question whether the natives of a candidate fit the executable. */
export const launchNatives = (setup: LaunchSetup, parts: MatchingParts = {}): MatchNatives =>
  createMatching(nativesSetup(setup), parts);
