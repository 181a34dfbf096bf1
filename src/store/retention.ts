import { randomBytes } from 'node:crypto';
import path from 'node:path';
import gt from 'semver/functions/gt.js';
import { errnoOf, hasErrno } from '../failure.ts';
import { isAlive } from '../process/identity.ts';
import { condemnedVersions } from './bad-versions.ts';
import type { FileSystem } from './file-system.ts';
import { bytesOf, isFolder, namesIn, ownNamesIn, statOf } from './folder.ts';
import { previousGood, readHealth } from './health.ts';
import { versionsInUse } from './in-use.ts';
import { type Layout, ownerOf } from './layout.ts';
import { retentionLock } from './lease.ts';
import { withLock } from './lock.ts';
import { readPin } from './pin.ts';
import { readPointer } from './pointer.ts';
import { byVersion, isVersion } from './semantic-version.ts';
import { strictly } from './strict-reading.ts';
import { readTreeList } from './tree-list.ts';

/** The versions that have a folder in the store, ascending. */
export const stagedVersions = (fs: FileSystem, layout: Layout): string[] =>
  namesIn(fs, layout.versions).filter(isVersion).sort(byVersion);

/** A finished folder above everything that is pointed to: the next check adopts it instead of downloading (U-10). */
const adoptable = (fs: FileSystem, layout: Layout, above: readonly (string | null)[]): string | null => {
  const condemned = condemnedVersions(fs, layout);
  const newest = stagedVersions(fs, layout).findLast(version => !condemned.has(version));
  if (newest === undefined || above.some(version => version !== null && !gt(newest, version))) return null;
  return readTreeList(fs, layout.version(newest)) === null ? null : newest;
};

/**
 * What must stay: current, previous good, pinned, and one finished folder that waits for its pointer. Throws where the
 * store can't say.
 */
export const retainedVersions = (
  fs: FileSystem,
  layout: Layout,
  bundled: string | null = null,
): Set<string> => {
  const sure = strictly(fs);
  const state = readPointer(sure, layout);
  const current = state.kind === 'valid' ? state.pointer.version : null;
  const condemned = condemnedVersions(sure, layout);
  const health = readHealth(sure, layout);
  // One that a launch would pass over would keep the good one before it from being kept.
  const isGood = (version: string): boolean => {
    if (condemned.has(version) || (bundled !== null && !gt(version, bundled))) return false;
    const file = readTreeList(sure, layout.version(version));
    const tree = health.versions[version]?.tree ?? null;
    return file !== null && (tree === null || file.digest === tree);
  };
  const good = { ...health, trusted: health.trusted.filter(isGood) };
  const kept = [current, previousGood(good, current ?? bundled), readPin(sure, layout)];
  kept.push(adoptable(sure, layout, [current, bundled]));
  return new Set(kept.filter(version => version !== null));
};

export type Collected = {
  readonly removed: readonly string[];
  readonly freedBytes: number;
  /** Versions that nothing needs and that could not be removed now: files in use. */
  readonly inUse: readonly string[];
};

/** Makes the trash. A link in its place would lead out of the store what is thrown away, and whoever empties it. */
export const openTrash = (fs: FileSystem, trash: string): void => {
  if (fs.lstatSync(trash, { throwIfNoEntry: false })?.isDirectory() === false) fs.unlinkSync(trash);
  fs.mkdirSync(trash, { recursive: true });
};

const moveInto = (fs: FileSystem, trash: string, place: string): string => {
  openTrash(fs, trash);
  const discarded = path.join(trash, randomBytes(8).toString('hex'));
  fs.renameSync(place, discarded);
  return discarded;
};

/**
 * Moves something into the trash in one step, so that it is gone whole or not at all. Gives back where it is now; null if
 * it could not be moved.
 */
const discard = (fs: FileSystem, layout: Layout, place: string): string | null => {
  const ofVersions = path.dirname(place) === layout.versions;
  if (ofVersions && !isFolder(fs, layout.versions)) return null;
  try {
    try {
      return moveInto(fs, layout.trash, place);
    } catch (error) {
      if (!ofVersions || !hasErrno(error, 'EXDEV')) throw error;
      return moveInto(fs, layout.nearTrash, place);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

/** Puts back what was discarded; false where that can't be done, or something else has taken the place. */
const putBack = (fs: FileSystem, discarded: string, place: string): boolean => {
  try {
    if (fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined) return false;
    fs.renameSync(discarded, place);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
};

/** Deletes what is in the trash; what is still open stays for the next start. Gives back the bytes that went. */
export const emptyTrash = async (fs: FileSystem, layout: Layout): Promise<number> => {
  let freed = 0;
  const trashes = isFolder(fs, layout.versions) ? [layout.trash, layout.nearTrash] : [layout.trash];
  const places = trashes.flatMap(trash => ownNamesIn(fs, trash).map(name => path.join(trash, name)));
  for (const place of places) {
    try {
      const bytes = await bytesOf(fs, place);
      await fs.promises.rm(place, { recursive: true, force: true, maxRetries: 3 });
      freed += bytes;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
  return freed;
};

/** A version that a living process is staging: its finished folder may be waiting for the pointer. */
const isBeingStaged = (fs: FileSystem, layout: Layout, version: string): boolean =>
  namesIn(fs, layout.partials(version)).some(id => {
    const owner = ownerOf(id);
    return owner !== null && isAlive(owner);
  });

/** Every answer of a registry that differs from the last one stays in pacote's cache. */
const cacheLimitBytes = 64 * 2 ** 20;

/**
 * Moves a version into the trash unless it is needed, and puts it back if it is needed then: whoever waited too long for the
 * lock may have taken it in use meanwhile (P-33), and what can't be known is in use. Call it with the retention lock held.
 */
const discardUnless = (
  fs: FileSystem,
  layout: Layout,
  version: string,
  isNeeded: () => boolean,
): 'removed' | 'needed' | 'inUse' => {
  if (isNeeded()) return 'needed';
  const place = layout.version(version);
  const discarded = discard(fs, layout, place);
  if (discarded === null) return 'inUse';
  try {
    return isNeeded() && putBack(fs, discarded, place) ? 'needed' : 'removed';
  } catch (error) {
    putBack(fs, discarded, place);
    throw error;
  }
};

/**
 * Removes one version that a verdict stands against, unless a child runs in it or somebody keeps to it: a pin is the user's
 * word against ours. `over`: the attempt that has ended and is not yet closed.
 */
export const removeCondemned = async (
  fs: FileSystem,
  layout: Layout,
  version: string,
  over: string | null,
): Promise<void> => {
  const sure = strictly(fs);
  const isNeeded = (): boolean =>
    versionsInUse(sure, layout, { over }).has(version) || readPin(sure, layout) === version;
  const result = await withLock(layout, retentionLock, async () =>
    discardUnless(fs, layout, version, isNeeded),
  );
  if (result === 'removed') await emptyTrash(fs, layout);
};

/**
 * Removes the versions that are neither kept, leased nor being staged (P-12). A folder in use is reported, never an
 * error: collection must not fail a start or a commit. What to keep is asked last and for each version: whoever was
 * seen to have ended staging has written the pointer before that. A cache of documents that has grown beyond its bound
 * goes whole: it only saves asking again (P-13).
 */
export const collect = async (
  fs: FileSystem,
  layout: Layout,
  {
    keep,
    cacheBytes = cacheLimitBytes,
  }: { readonly keep: () => ReadonlySet<string>; readonly cacheBytes?: number | undefined },
): Promise<Collected> => {
  const [removed, inUse]: [string[], string[]] = [[], []];
  await withLock(layout, retentionLock, async () => {
    // What a link leads to is not ours to collect.
    if (!isFolder(fs, layout.versions)) return;
    const sure = strictly(fs);
    const isNeeded = (version: string): boolean =>
      versionsInUse(sure, layout).has(version) || isBeingStaged(sure, layout, version) || keep().has(version);
    for (const version of stagedVersions(fs, layout)) {
      const result = discardUnless(fs, layout, version, () => isNeeded(version));
      if (result === 'inUse') inUse.push(version);
      if (result === 'removed') removed.push(version);
    }
  });
  const hasCache = statOf(fs, layout.cache) !== undefined;
  if (hasCache && (await bytesOf(fs, layout.cache)) > cacheBytes) discard(fs, layout, layout.cache);
  return { removed, freedBytes: await emptyTrash(fs, layout), inUse };
};

/** Sets a damaged folder aside, so that it is staged anew; false if it could not be moved. */
export const quarantine = (fs: FileSystem, layout: Layout, version: string): boolean =>
  discard(fs, layout, layout.version(version)) !== null;
