import { forgive } from '../store/bad-versions.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';

/** Takes the mark off a version, so that it may be staged and launched again. */
export const forgiveVersion = async (
  fs: FileSystem,
  layout: Layout,
  version: string,
): Promise<{ readonly outcome: 'forgiven' | 'not-marked'; readonly version: string }> => ({
  outcome: (await forgive(fs, layout, version)) ? 'forgiven' : 'not-marked',
  version,
});
