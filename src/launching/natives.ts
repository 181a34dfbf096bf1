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
import { moduleFolders, realPlace } from '../natives/module-folders.ts';
import { placeOf } from './runtime.ts';
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

/** What is known of the natives of a launch. */
export const nativesSetup = (setup: LaunchSetup): NativesSetup => {
  const { fs, exec, natives, nativesMode: mode } = setup;
  return { fs, exec, natives, mode, ownPath: (candidate, abi) => ownPath(setup, candidate, abi) };
};

/** The question whether the natives of a candidate fit the executable. */
export const launchNatives = (setup: LaunchSetup, parts: MatchingParts = {}): MatchNatives =>
  createMatching(nativesSetup(setup), parts);
