import type { FileSystem } from '../store/file-system.ts';
import { whileHeld } from '../store/hold.ts';
import type { Layout } from '../store/layout.ts';
import { removePin, writePin } from '../store/pin.ts';
import { bundledVersion, namedTarget, type UpkeepSetup } from './target.ts';

/** Keeps to one version until `unpin`. It must be staged and whole, or bundled: else VERSION_UNKNOWN. */
export const pin = async (
  fs: FileSystem,
  layout: Layout,
  setup: UpkeepSetup,
  version: string,
): Promise<{ readonly outcome: 'pinned'; readonly version: string }> => {
  const work = async () => {
    await namedTarget(fs, layout, setup, version);
    await writePin(fs, layout, version);
    return { outcome: 'pinned', version } as const;
  };
  return version === bundledVersion(fs, setup) ? work() : whileHeld(fs, layout, version, work);
};

/** Takes the pin off; `version` is what was pinned. */
export const unpin = async (
  fs: FileSystem,
  layout: Layout,
): Promise<{ readonly outcome: 'unpinned'; readonly version: string | null }> => ({
  outcome: 'unpinned',
  version: await removePin(fs, layout),
});
