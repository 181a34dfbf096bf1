import { diskFaults } from '../../staging/disk-faults.ts';
import type { PluginProvider } from '../provider.ts';
import { downloadArchives } from './archives.ts';
import { compareDemands } from './comparing.ts';
import { type PluginSource, resolvePlugin } from './resolving.ts';
import { stageArchives } from './staging.ts';

export type { PluginSource };

/** npm's plugins: resolved by npm's own resolver, fetched and unpacked like a runtime, without any script of theirs. */
export const createNpmProvider = (source: PluginSource): PluginProvider => ({
  resolve: (wish, lock, signal) =>
    diskFaults('read the npm configuration', signal, () => resolvePlugin(source, wish, lock, signal)),
  compare: async (demands, lock) => compareDemands(demands, lock),
  download: (packages, folders, signal, report) =>
    diskFaults('write the download', signal, () =>
      downloadArchives(source, packages, folders, signal, report),
    ),
  stage: (packages, lock, folders, signal, report) =>
    diskFaults('unpack the plugin', signal, () =>
      stageArchives(source, packages, lock, folders, signal, report),
    ),
});
