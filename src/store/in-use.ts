import { runningVersions } from './attempts.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { liveLeases } from './lease.ts';

/**
 * The versions that nobody may pull from under a child: by their leases, and by the records of the attempts, so that one
 * damaged file does not cost a running child its folder (P-12). `over`: an attempt that has ended and is not yet closed.
 */
export const versionsInUse = (
  fs: FileSystem,
  layout: Layout,
  { over = null }: { readonly over?: string | null } = {},
): Set<string> => new Set([...liveLeases(fs, layout), ...runningVersions(fs, layout, over)]);
