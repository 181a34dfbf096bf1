import type { PluginConflict, PluginPackage } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { readManifest } from '../../registry/manifest.ts';
import type { JsonRecord } from '../../store/json-shape.ts';
import { belongingsOf } from './belonging.ts';
import { conflictsOf } from './comparing.ts';
import type { Chain } from './fitness.ts';
import { noteOf } from './manifest.ts';

/** What lies in an archive has no entry in the registry's documents, and no hash that anybody announced. */
const asAnnounced = (manifest: JsonRecord, name: string, version: string): unknown => ({
  ...manifest,
  ...{ name, version, dist: { tarball: '' } },
});

/**
 * What an archive itself asks for of the runtime, and does not get: registries may announce something else, and of what is carried
 * along they announce nothing (K-05).
 */
export const hiddenConflicts = (
  { name, version }: Pick<PluginPackage, 'name' | 'version'>,
  manifest: JsonRecord,
  chain: Chain,
  lock: CoreLock,
): readonly PluginConflict[] => {
  const read = readManifest(asAnnounced(manifest, name, version), name);
  if (read === null) return [];
  const belongings = belongingsOf(lock);
  const demands = noteOf(read, belongings).belonging.map(({ as, name: asked, range }) => ({
    ...{ as, name: asked, range, chain },
  }));
  // What is carried by a prefixed name of Node is out of reach: Node answers that name itself.
  return conflictsOf(demands, belongings).filter(({ reason }) => reason !== 'built-in');
};
