import type { FileSystem } from './file-system.ts';
import { isFolder } from './folder.ts';
import type { Layout } from './layout.ts';
import { takeLease } from './lease.ts';
import { isVersion } from './semantic-version.ts';

/**
 * Runs work while a version can't be collected: what was checked is still there when it is pinned or pointed to (P-12,
 * P-32). One that is not there yet is held, too: another process may be putting it into its place.
 */
export const whileHeld = async <Result>(
  fs: FileSystem,
  layout: Layout,
  version: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  // Where nothing was ever staged there is nothing to hold, and a mistaken order leaves no store behind.
  if (!isVersion(version) || !isFolder(fs, layout.versions)) return work();
  const lease = await takeLease(fs, layout, version);
  try {
    return await work();
  } finally {
    await lease.release();
  }
};
