import path from 'node:path';
import type { NativeTree } from '../../../machines/contract.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { bytesOf, isFolder, namesIn, ownNamesIn } from '../../store/folder.ts';
import { versionsInUse } from '../../store/in-use.ts';
import { type Collected, collect, stagedVersions } from '../../store/retention.ts';
import { orphanedScratch, orphanedTemporaries, sweepScratch } from '../../store/scratch.ts';
import { cacheFolder } from '../cache-folder.ts';
import { treesOf } from '../tree-place.ts';
import { lookAtTree } from './find.ts';
import { lastUse, noteUse } from './use.ts';

/** A tree, as `stagedoor natives list` tells it. */
export type TreeReport = {
  readonly tag: string;
  readonly stamp: string;
  /** Null: it is whole. */
  readonly damage: string | null;
  readonly names: readonly string[];
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly built: readonly string[];
  readonly bytes: number;
  /** A living process loads from it. */
  readonly inUse: boolean;
  /** ISO 8601. */
  readonly lastUsed: string;
};

const tagName = /^[a-z0-9][\w.-]{0,120}$/i;
const unusedDays = 30;
const dayMs = 86_400_000;

/** The tags that have trees; what else lies there is not ours. */
export const treeTags = (fs: FileSystem): readonly string[] => {
  const root = path.join(cacheFolder(), 'runtime');
  return namesIn(fs, root)
    .filter(name => tagName.test(name) && isFolder(fs, path.join(root, name)))
    .sort((a, b) => (a < b ? -1 : 1));
};

const reportOf = async (fs: FileSystem, tag: string, stamp: string, inUse: boolean): Promise<TreeReport> => {
  const layout = treesOf(tag);
  const look = await lookAtTree(fs, layout, { tag, stamp }, 'full');
  const said = look.kind === 'whole' ? look.stamp : null;
  return {
    tag,
    stamp,
    damage: look.kind === 'damaged' ? look.reason : look.kind === 'missing' ? 'it is gone' : null,
    names: said?.names ?? [],
    packages: said?.pins.map(({ name, version }) => ({ name, version })) ?? [],
    built: said?.built ?? [],
    bytes: await bytesOf(fs, layout.version(stamp)),
    inUse,
    lastUsed: new Date(lastUse(fs, layout, stamp)).toISOString(),
  };
};

/** Every tree, by tag and stamp, fully checked. Changes nothing. */
export const listTrees = async (fs: FileSystem): Promise<readonly TreeReport[]> => {
  const reports: TreeReport[] = [];
  for (const tag of treeTags(fs)) {
    const layout = treesOf(tag);
    const used = versionsInUse(fs, layout);
    for (const stamp of stagedVersions(fs, layout))
      reports.push(await reportOf(fs, tag, stamp, used.has(stamp)));
  }
  return reports;
};

export type TreesRemoved = {
  readonly removed: readonly { readonly tag: string; readonly stamp: string }[];
  readonly inUse: readonly { readonly tag: string; readonly stamp: string }[];
  readonly freedBytes: number;
};

const collectTag = async (
  fs: FileSystem,
  tag: string,
  keep: () => ReadonlySet<string>,
): Promise<Collected> => {
  const layout = treesOf(tag);
  await sweepScratch(fs, layout);
  return collect(fs, layout, { keep });
};

/** What crashes left, relative to the trees of a tag: it goes with the next installation or removal. */
export type TreeLeftovers = { readonly tag: string; readonly places: readonly string[] };

/** Changes nothing. */
export const treeLeftovers = (fs: FileSystem): readonly TreeLeftovers[] =>
  treeTags(fs)
    .map(tag => {
      const layout = treesOf(tag);
      const scratch = orphanedScratch(fs, layout).map(name => `versions/${name}`);
      const trash = ownNamesIn(fs, layout.trash).map(name => `trash/${name}`);
      return { tag, places: [...scratch, ...orphanedTemporaries(fs, layout), ...trash] };
    })
    .filter(({ places }) => places.length > 0);

const none: ReadonlySet<string> = new Set();

/** Removes the trees of these tags, or all; one that a living process loads from or makes stays and is named (P-12). */
export const removeTrees = async (
  fs: FileSystem,
  tags: readonly string[] = treeTags(fs),
): Promise<TreesRemoved> => {
  const [removed, inUse]: [TreesRemoved['removed'][number][], TreesRemoved['inUse'][number][]] = [[], []];
  let freedBytes = 0;
  // A name that leads elsewhere is no tag.
  const known = treeTags(fs);
  for (const tag of tags.filter(tag => known.includes(tag))) {
    const before = stagedVersions(fs, treesOf(tag));
    const collected = await collectTag(fs, tag, () => none);
    freedBytes += collected.freedBytes;
    for (const stamp of before) (collected.removed.includes(stamp) ? removed : inUse).push({ tag, stamp });
  }
  return { removed, inUse, freedBytes };
};

/**
 * Removes what crashes left, and the trees that nobody has used for 30 days (P-13), but never `spared`, the
 * very tree that was made just now; gives back the bytes that went.
 */
export const collectTrees = async (
  fs: FileSystem,
  now: Date,
  spared: Pick<NativeTree, 'tag' | 'stamp'> | null = null,
): Promise<number> => {
  let freed = 0;
  for (const tag of treeTags(fs)) {
    const layout = treesOf(tag);
    const isFresh = (stamp: string): boolean =>
      (tag === spared?.tag && stamp === spared.stamp) ||
      now.getTime() - lastUse(fs, layout, stamp) <= unusedDays * dayMs;
    // Used in a future that a wrong clock made up: its days count from now on.
    for (const stamp of stagedVersions(fs, layout)) {
      if (lastUse(fs, layout, stamp) > now.getTime() + dayMs) noteUse(fs, layout, stamp, now);
    }
    const keep = (): ReadonlySet<string> => new Set(stagedVersions(fs, layout).filter(isFresh));
    freed += (await collectTag(fs, tag, keep)).freedBytes;
  }
  return freed;
};
