import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { takeLease } from './lease.ts';
import { stagedVersions } from './retention.ts';

/**
 * Runs work while a staged version can't be collected: what was checked is still there when it is pinned or pointed to
 * (P-12, P-32).
 */
export const whileHeld = async <Result>(
  fs: FileSystem,
  layout: Layout,
  version: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  if (!stagedVersions(fs, layout).includes(version)) return work();
  const lease = await takeLease(fs, layout, version);
  try {
    return await work();
  } finally {
    await lease.release();
  }
};
