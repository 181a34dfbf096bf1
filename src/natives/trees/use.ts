import { errnoOf } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { statOf } from '../../store/folder.ts';
import type { Layout } from '../../store/layout.ts';

const dayMs = 86_400_000;

/** Milliseconds since 1970: the time of the tree's folder, which nothing else changes. */
export const lastUse = (fs: FileSystem, layout: Layout, stamp: string): number =>
  statOf(fs, layout.version(stamp))?.mtimeMs ?? 0;

/** Keeps a tree from being collected. It is collected when nobody has for 30 days. Never fails for a cache that can't be written. */
export const noteUse = (fs: FileSystem, layout: Layout, stamp: string, now: Date): void => {
  try {
    if (now.getTime() - lastUse(fs, layout, stamp) > dayMs) fs.utimesSync(layout.version(stamp), now, now);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};
