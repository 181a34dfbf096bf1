import { errnoOf } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { statOf } from '../../store/folder.ts';
import type { Layout } from '../../store/layout.ts';

const dayMs = 86_400_000;
/** What a date can hold: a disk may say more. */
const latest = 8.64e15;

/** Milliseconds since 1970: the time of the tree's folder, which nothing else changes. */
export const lastUse = (fs: FileSystem, layout: Layout, stamp: string): number =>
  Math.min(statOf(fs, layout.version(stamp))?.mtimeMs ?? 0, latest);

/**
 * Keeps a tree from being collected, which it is when nobody has used it for 30 days. Written once a day at most, and where
 * the clock was wrong. Never fails for a cache that can't be written.
 */
export const noteUse = (fs: FileSystem, layout: Layout, stamp: string, now: Date): void => {
  try {
    const sinceMs = now.getTime() - lastUse(fs, layout, stamp);
    if (Math.abs(sinceMs) > dayMs) fs.utimesSync(layout.version(stamp), now, now);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};
