import gt from 'semver/functions/gt.js';
import { StagedoorError } from '../failure.ts';
import { type BundledState, readBundled } from '../launching/bundled.ts';
import { entryFile } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { readPin } from '../store/pin.ts';
import { readPointer } from '../store/pointer.ts';
import { stagedVersions } from '../store/retention.ts';
import { strictly } from '../store/strict-reading.ts';
import { checkTree } from '../store/tree-check.ts';

/** What upkeep has to know of the app beside its store. */
export type UpkeepSetup = {
  readonly bundledDir: string | null;
  readonly entry?: string | undefined;
  readonly shellVersion?: string | undefined;
  /** ABI tag of the executable, if it was asked: part of the key of a verdict. */
  readonly abi?: string | undefined;
};

/** A version that could be launched: its tree list's digest, or null for the bundled runtime. */
export type Target = { readonly version: string; readonly tree: string | null; readonly bundled: boolean };

export const bundledState = (
  fs: FileSystem,
  { bundledDir, entry, shellVersion }: UpkeepSetup,
): BundledState => readBundled(fs, bundledDir, { entry, shellVersion });

export const bundledVersion = (fs: FileSystem, setup: UpkeepSetup): string | null => {
  const state = bundledState(fs, setup);
  return state.kind === 'valid' ? state.bundled.version : null;
};

/** The tree that the pointer recorded for a version, if it names that one. */
export const recordedTree = (fs: FileSystem, layout: Layout, version: string): string | null => {
  const state = readPointer(fs, layout);
  return state.kind === 'valid' && state.pointer.version === version ? state.pointer.tree : null;
};

/** A version of the store, fully checked; null if it is not there or damaged. */
export const stagedTarget = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  version: string,
): Promise<Target | null> => {
  const sure = strictly(fs);
  if (!stagedVersions(sure, layout).includes(version)) return null;
  const dir = layout.version(version);
  if (entryFile(sure, dir, setup.entry) === null) return null;
  const check = await checkTree(fs, dir, { expectedTree: recordedTree(fs, layout, version), depth: 'full' });
  return check.ok ? { version, tree: check.digest, bundled: false } : null;
};

/** A version that the user names: staged and whole, or bundled; else VERSION_UNKNOWN. */
export const namedTarget = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  version: string,
): Promise<Target> => {
  if (version === bundledVersion(fs, setup)) return { version, tree: null, bundled: true };
  const target = await stagedTarget(fs, layout, setup, version);
  if (target !== null) return target;
  const there = stagedVersions(fs, layout).includes(version);
  const why = there ? 'is staged, but damaged' : 'is neither staged nor bundled';
  throw new StagedoorError('VERSION_UNKNOWN', `${version} ${why}`);
};

/** The version that the next launch would try first, as far as pin, pointer and bundle say; null if there is none. */
export const effectiveVersion = (fs: FileSystem, layout: Layout, setup: UpkeepSetup): string | null => {
  const pin = readPin(fs, layout);
  if (pin !== null) return pin;
  const bundled = bundledVersion(fs, setup);
  const state = readPointer(fs, layout, setup.entry);
  if (state.kind !== 'valid') return bundled;
  const { version } = state.pointer;
  return bundled === null || gt(version, bundled) ? version : bundled;
};
