import path from 'node:path';
import gt from 'semver/functions/gt.js';
import type { BadMark, Ecosystem } from '../../machines/contract.ts';
import { coreLockName } from '../core-lock/place.ts';
import { isFile } from '../natives/tolerant-look.ts';
import { installedPlugins } from '../plugins/installed.ts';
import { type AttemptRecord, readAttempts } from '../store/attempts.ts';
import { readBadVersions, standingMark } from '../store/bad-versions.ts';
import { entryFile } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bytesOf, namesIn } from '../store/folder.ts';
import { type Health, previousGood, readHealth } from '../store/health.ts';
import { versionsInUse } from '../store/in-use.ts';
import type { Layout } from '../store/layout.ts';
import { readPin } from '../store/pin.ts';
import { type PointerState, readPointer } from '../store/pointer.ts';
import { stagedVersions } from '../store/retention.ts';
import { liveScratch, orphanedScratch, orphanedTemporaries } from '../store/scratch.ts';
import { readTreeList } from '../store/tree-list.ts';
import { bundledState, bundledVersion, effectiveVersion, type UpkeepSetup } from './target.ts';

export type StatusPointer =
  | { readonly state: 'none' }
  | { readonly state: 'invalid'; readonly reason: string }
  /** `stale`: its entry is missing, or the bundled runtime is at or above it; the next launch removes it. */
  | {
      readonly state: 'valid' | 'stale';
      readonly version: string;
      readonly seq: number;
      readonly tree: string | null;
    };

export type StatusBundled =
  | { readonly state: 'none' }
  | { readonly state: 'invalid'; readonly reason: string }
  | { readonly state: 'valid'; readonly version: string };

export type StatusVersion = {
  readonly version: string;
  readonly bytes: number;
  /** Whether a readable tree list is there; the files themselves are checked by `verify`. */
  readonly listed: boolean;
  readonly trusted: boolean;
  readonly healthyLaunches: number;
  /** A living process holds it. */
  readonly inUse: boolean;
};

export type StatusPlugin = {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** Null where its record can't be read. */
  readonly version: string | null;
  /** Why it can't be used, as far as pointer and record say; `plugin check` looks at its files. */
  readonly damage: string | null;
};

/** The store at one moment. Reading it changes nothing. */
export type Status = {
  readonly outcome: 'ok';
  readonly store: string;
  /** What the next launch would try first, as far as pin, pointer and bundle say. */
  readonly current: string | null;
  readonly pointer: StatusPointer;
  readonly previousGood: string | null;
  readonly bundled: StatusBundled;
  readonly pinned: string | null;
  readonly highWater: string | null;
  /** `standing`: it counts now; else it is a single strike, lapsed, or given in other circumstances. */
  readonly badVersions: readonly (BadMark & { readonly standing: boolean })[];
  readonly versions: readonly StatusVersion[];
  /** The last ten, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Scratch folders that a living process is filling now. */
  readonly staging: readonly string[];
  /** What crashes left behind and `gc` removes. */
  readonly leftovers: {
    readonly partials: readonly string[];
    readonly temporaries: readonly string[];
    readonly trash: readonly string[];
  };
  readonly plugins: readonly StatusPlugin[];
  /** There are plugins, and `current` has no core lock that they are held to. */
  readonly unguarded: boolean;
  readonly bytesOnDisk: number;
};

const attemptsShown = 10;

const pointerStatus = (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  state: PointerState,
): StatusPointer => {
  if (state.kind === 'none') return { state: 'none' };
  if (state.kind === 'invalid') return { state: 'invalid', reason: state.reason };
  const { pointer } = state;
  const bundled = bundledVersion(fs, setup);
  const above = bundled === null || gt(pointer.version, bundled);
  const live = above && entryFile(fs, layout.version(pointer.version), setup.entry) !== null;
  return { state: live ? 'valid' : 'stale', ...pointer };
};

const bundledStatus = (fs: FileSystem, setup: UpkeepSetup): StatusBundled => {
  const state = bundledState(fs, setup);
  if (state.kind === 'valid') return { state: 'valid', version: state.bundled.version };
  return state.kind === 'none' ? { state: 'none' } : { state: 'invalid', reason: state.reason };
};

const versionStatus = async (fs: FileSystem, layout: Layout, health: Health): Promise<StatusVersion[]> => {
  const leased = versionsInUse(fs, layout);
  const versions: StatusVersion[] = [];
  for (const version of stagedVersions(fs, layout)) {
    const dir = layout.version(version);
    const known = health.versions[version];
    versions.push({
      version,
      bytes: await bytesOf(fs, dir),
      listed: readTreeList(fs, dir) !== null,
      trusted: known?.trusted ?? false,
      healthyLaunches: known?.launches ?? 0,
      inUse: leased.has(version),
    });
  }
  return versions;
};

const markStatus = (fs: FileSystem, layout: Layout, setup: UpkeepSetup, now: Date): Status['badVersions'] => {
  const marks = readBadVersions(fs, layout);
  return marks.map(mark => {
    const integrity = readTreeList(fs, layout.version(mark.version))?.list.integrity ?? null;
    const key = {
      version: mark.version,
      integrity,
      abi: setup.abi ?? '',
      shellVersion: setup.shellVersion ?? '',
      now,
    };
    return { ...mark, standing: standingMark(marks, key) !== null };
  });
};

const pluginStatus = (fs: FileSystem, layout: Layout): readonly StatusPlugin[] => {
  const { plugins, damaged } = installedPlugins(fs, layout.root);
  return [
    ...plugins.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, damage: null })),
    ...damaged.map(({ ecosystem, name, reason }) => ({ ecosystem, name, version: null, damage: reason })),
  ];
};

const hasLock = (fs: FileSystem, layout: Layout, setup: UpkeepSetup, version: string): boolean => {
  const { bundledDir } = setup;
  const isBundled = bundledDir !== null && bundledVersion(fs, setup) === version;
  return isFile(fs, path.join(isBundled ? bundledDir : layout.version(version), coreLockName));
};

/** Everything that `stagedoor status` tells: pointer, fallbacks, marks, attempts, leftovers and bytes. */
export const readStatus = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  now: Date = new Date(),
): Promise<Status> => {
  const health = readHealth(fs, layout);
  const current = effectiveVersion(fs, layout, setup);
  const plugins = pluginStatus(fs, layout);
  return {
    outcome: 'ok',
    store: layout.root,
    current,
    pointer: pointerStatus(fs, layout, setup, readPointer(fs, layout, setup.entry)),
    previousGood: previousGood(health, current),
    bundled: bundledStatus(fs, setup),
    pinned: readPin(fs, layout),
    highWater: health.highWater,
    badVersions: markStatus(fs, layout, setup, now),
    versions: await versionStatus(fs, layout, health),
    attempts: readAttempts(fs, layout).slice(-attemptsShown),
    staging: liveScratch(fs, layout),
    leftovers: {
      partials: orphanedScratch(fs, layout),
      temporaries: orphanedTemporaries(fs, layout),
      trash: namesIn(fs, layout.trash),
    },
    plugins,
    unguarded: plugins.length > 0 && current !== null && !hasLock(fs, layout, setup, current),
    bytesOnDisk: await bytesOf(fs, layout.root),
  };
};
