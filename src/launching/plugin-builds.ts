import type { Abi } from '../natives/abi.ts';
import { isLoadedBy } from '../plugins/compiled.ts';
import type { InstalledPlugin } from '../plugins/installed.ts';
import { type Misbuilt, misbuiltFor } from '../plugins/misbuilt.ts';
import type { FileSystem } from '../store/file-system.ts';

/** A plugin with something compiled that the executable of the runtime can't load. */
export type MisbuiltPlugin = { readonly plugin: InstalledPlugin; readonly misbuilt: Misbuilt };

/** Those that are known not to fit; plugins of another kind of runtime are not among them. */
export const misbuiltAmong = (
  fs: FileSystem,
  plugins: readonly InstalledPlugin[],
  abi: Abi,
): readonly MisbuiltPlugin[] =>
  plugins.flatMap(plugin => {
    if (!isLoadedBy(plugin.ecosystem, abi)) return [];
    const misbuilt = misbuiltFor(fs, plugin, abi);
    return misbuilt === null ? [] : [{ plugin, misbuilt }];
  });
