import type { PluginRemoved, PluginWish } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { withLock } from '../store/lock.ts';
import { clearPointer, readPointer } from '../store/pointer.ts';
import { strictly } from '../store/strict-reading.ts';
import { commitLock } from './commit.ts';
import { installedPlugin } from './installed.ts';

/** Of a damaged plugin nobody can tell the version. */
const unknownVersion = 'unknown';

/**
 * Removes the pointer, the one act that counts; the tree is nobody's then and goes with the next tidying. A name in another case is
 * another plugin's, which stays; a damaged one has no name to compare.
 */
export const unpointPlugin = (
  fs: FileSystem,
  layout: Layout,
  { ecosystem, name }: PluginWish,
): Promise<PluginRemoved> =>
  withLock(layout, commitLock, async () => {
    const sure = strictly(fs);
    if (readPointer(sure, layout).kind === 'none') return { removed: null };
    const plugin = installedPlugin(sure, { ecosystem, name: name.toLowerCase(), layout });
    if (plugin !== null && plugin.name !== name) return { removed: null };
    const cleared = await clearPointer(fs, layout);
    return { removed: cleared ? (plugin?.version ?? unknownVersion) : null };
  });
