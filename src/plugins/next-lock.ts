import path from 'node:path';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { readLock } from '../core-lock/lock-file.ts';
import { coreLockName } from '../core-lock/place.ts';
import { StagedoorError } from '../failure.ts';
import { decide } from '../launching/candidates.ts';
import { verdictKey } from '../launching/effects.ts';
import type { LaunchSetup } from '../launching/setup.ts';
import { readBadVersions } from '../store/bad-versions.ts';
import { isThere } from '../store/placing.ts';
import { withNatives } from './locked-natives.ts';

/** The lock that plugins are held against, and the runtime that it belongs to. */
export type RuntimeLock = {
  readonly lock: CoreLock;
  /** The version that would be launched next; of a lock that was named, what it says of the runtime itself; null: nothing. */
  readonly runtime: string | null;
};

const advice =
  'stagedoor bundle and stagedoor update write one with each version; or name one with --lock FILE (stagedoor lock write DIR --out FILE).';

type NextRuntime = { readonly version: string; readonly folder: string };

/** The version that would be launched next, without changing anything; null: there is none. */
const nextRuntime = async (setup: LaunchSetup): Promise<NextRuntime | null> => {
  const { fs, layout, bundledDir } = setup;
  const marks = readBadVersions(fs, layout);
  const noKey = { abi: '', shellVersion: '', now: new Date(0) };
  const { candidates, bundled } = decide(setup, marks, marks.length === 0 ? noKey : await verdictKey(setup));
  const first = candidates[0];
  if (first === undefined) return null;
  const { version } = first;
  const isBundled = bundled.kind === 'valid' && bundled.bundled.version === version;
  return { version, folder: isBundled && bundledDir !== null ? bundledDir : layout.version(version) };
};

const itself = ({ packages }: CoreLock): string | null =>
  packages.find(({ place }) => place === '.')?.version ?? null;

const refusal = (message: string): StagedoorError =>
  new StagedoorError('BUNDLED_INVALID', message, { hint: advice });

/**
 * The version that would be launched next, if it has no lock that its plugins could be held to: then nothing keeps them from bringing
 * a second copy of what belongs to it. Null: it has one, or there is no runtime, or the app does without.
 */
export const unguardedRuntime = async (setup: LaunchSetup): Promise<string | null> => {
  const { fs, env, coreLock } = setup;
  if (env.STAGEDOOR_CORE_LOCK_PATH || coreLock === false) return null;
  const next = await nextRuntime(setup);
  return next === null || isThere(fs, path.join(next.folder, coreLockName)) ? null : next.version;
};

/**
 * Reads the lock of the version that would be launched next, or the one that is named. Rejects with BUNDLED_INVALID where there is
 * none, and with `CoreLockUnreadable` for one that can't be used: what belongs to the runtime is not known then (K-07).
 */
export const readRuntimeLock = async (setup: LaunchSetup, named?: string): Promise<RuntimeLock> => {
  if (named !== undefined) {
    const lock = withNatives(readLock(setup.fs, named), setup.natives);
    return { lock, runtime: itself(lock) };
  }
  const next = await nextRuntime(setup);
  if (next === null) throw refusal('there is no runtime, so nothing says which packages belong to it');
  const file = path.join(next.folder, coreLockName);
  if (!isThere(setup.fs, file))
    throw refusal(`the runtime ${next.version} has no core lock, which says what belongs to it`);
  return { lock: withNatives(readLock(setup.fs, file), setup.natives), runtime: next.version };
};
