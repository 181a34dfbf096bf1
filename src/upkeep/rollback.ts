import gt from 'semver/functions/gt.js';
import { StagedoorError } from '../failure.ts';
import { forgive, markBad, readBadVersions } from '../store/bad-versions.ts';
import type { FileSystem } from '../store/file-system.ts';
import { distrust, readHealth } from '../store/health.ts';
import { whileHeld } from '../store/hold.ts';
import type { Layout } from '../store/layout.ts';
import { readPin, removePin } from '../store/pin.ts';
import { clearPointer, commitPointer } from '../store/pointer.ts';
import { stagedVersions } from '../store/retention.ts';
import { strictly } from '../store/strict-reading.ts';
import { readTreeList } from '../store/tree-list.ts';
import {
  bundledVersion,
  effectiveVersion,
  namedTarget,
  stagedTarget,
  type Target,
  type UpkeepSetup,
} from './target.ts';

export type RolledBack =
  | { readonly outcome: 'rolled-back'; readonly from: string; readonly to: string }
  | { readonly outcome: 'nothing-to-roll-back' };

export type RollbackRequest = {
  /** Where to; default: the previous good version, else the bundled one. */
  readonly version?: string | undefined;
  /** What runs now; default: what the next launch would try first. */
  readonly running?: string | null | undefined;
};

/** The versions that were trusted, last one first, that a rollback from here may go to. */
const formerVersions = (fs: FileSystem, layout: Layout, from: string, bundled: string | null): string[] => {
  const sure = strictly(fs);
  const marked = new Set(readBadVersions(sure, layout).map(mark => mark.version));
  return readHealth(sure, layout)
    .trusted.toReversed()
    .filter(
      version => version !== from && !marked.has(version) && (bundled === null || gt(version, bundled)),
    );
};

const previousTarget = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  from: string,
): Promise<Target | null> => {
  const bundled = bundledVersion(fs, setup);
  for (const version of formerVersions(fs, layout, from, bundled)) {
    const target = await stagedTarget(fs, layout, setup, version);
    if (target !== null) return target;
  }
  return bundled === null ? null : { version: bundled, tree: null, bundled: true };
};

/** L-02 would undo it at once: a version below the bundled one is launched only where it is pinned. */
const assertLaunchable = (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  { version, bundled }: Target,
): void => {
  if (bundled) return;
  if (!stagedVersions(strictly(fs), layout).includes(version)) {
    throw new StagedoorError('VERSION_UNKNOWN', `${version} has just been collected`);
  }
  const floor = bundledVersion(fs, setup);
  if (floor === null || gt(version, floor)) return;
  throw new StagedoorError('VERSION_UNKNOWN', `${version} is not above the bundled ${floor}`, {
    hint: `A version below the bundled one runs only if it is pinned: stagedoor pin ${version}.`,
  });
};

/** The version that is left is not staged again until it is forgiven. */
const markLeft = async (
  fs: FileSystem,
  layout: Layout,
  from: string,
  to: string,
  now: Date,
): Promise<void> => {
  const integrity = readTreeList(fs, layout.version(from))?.list.integrity ?? null;
  const reason = `it was rolled back to ${to} by hand`;
  const facts = {
    version: from,
    integrity,
    abi: '',
    shellVersion: '',
    cause: 'ROLLED_BACK',
    reason,
  } as const;
  await markBad(fs, layout, { ...facts, weight: 'bad' }, now);
};

const pointAt = async (fs: FileSystem, layout: Layout, setup: UpkeepSetup, target: Target): Promise<void> => {
  const pin = readPin(fs, layout);
  if (pin !== null && pin !== target.version) await removePin(fs, layout);
  if (!target.bundled) {
    await forgive(fs, layout, target.version);
    await commitPointer(fs, layout, target);
    return;
  }
  // Without a pointer a trusted version would be the first candidate: the user wants the bundled one.
  await distrust(fs, layout, formerVersions(fs, layout, target.version, bundledVersion(fs, setup)));
  await clearPointer(fs, layout);
};

/**
 * Leaves a version for the named one, else the previous good one, else the bundled one. Marks first (L-06): if the mark
 * can't be written, nothing changes. Throws VERSION_UNKNOWN for a target that can't be launched.
 */
export const rollback = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  { version, running }: RollbackRequest = {},
  now: Date = new Date(),
): Promise<RolledBack> => {
  const from = running ?? effectiveVersion(fs, layout, setup);
  if (version === undefined && (from === null || from === bundledVersion(fs, setup))) {
    return { outcome: 'nothing-to-roll-back' };
  }
  const target =
    version === undefined
      ? await previousTarget(fs, layout, setup, from ?? '')
      : await namedTarget(fs, layout, setup, version);
  if (target === null || from === null || target.version === from) return { outcome: 'nothing-to-roll-back' };
  const leave = async (): Promise<RolledBack> => {
    assertLaunchable(fs, layout, setup, target);
    if (gt(from, target.version)) await markLeft(fs, layout, from, target.version, now);
    await pointAt(fs, layout, setup, target);
    return { outcome: 'rolled-back', from, to: target.version };
  };
  return target.bundled ? leave() : whileHeld(fs, layout, target.version, leave);
};
