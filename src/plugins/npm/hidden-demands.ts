import type { PluginConflict, PluginPackage } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { StagedoorError } from '../../failure.ts';
import { readManifest } from '../../registry/manifest.ts';
import type { JsonRecord } from '../../store/json-shape.ts';
import { belongingsOf } from './belonging.ts';
import { conflictsOf } from './comparing.ts';
import { shownChain } from './fitness.ts';
import { noteOf } from './manifest.ts';

const shown = ({ as, name, range, locked, chain }: PluginConflict): string => {
  const wanted = as === name ? `${name}@${range}` : `${name}@${range} as ${as}`;
  return `${shownChain(chain)} needs ${wanted}, and the runtime has ${locked ?? 'its own'}`;
};

/** What lies in an archive has no entry in the registry's documents, and no hash that anybody announced. */
const asAnnounced = (manifest: JsonRecord, name: string, version: string): unknown => ({
  ...manifest,
  ...{ name, version, dist: { tarball: '' } },
});

/**
 * Looks at what an archive itself asks for of the runtime: registries may announce something else, and of what is carried along
 * they announce nothing (K-05). Rejects with PACKAGE_INVALID and both versions.
 */
export const assertNothingHidden = (
  { name, version }: Pick<PluginPackage, 'name' | 'version'>,
  manifest: JsonRecord,
  chain: readonly string[],
  lock: CoreLock,
): void => {
  const read = readManifest(asAnnounced(manifest, name, version), name);
  if (read === null) return;
  const belongings = belongingsOf(lock);
  const { belonging } = noteOf(read, belongings);
  const demands = belonging.map(ask => ({ ...ask, chain }));
  // What is carried by a prefixed name of Node is out of reach: Node answers that name itself.
  const [conflict] = conflictsOf(demands, belongings).filter(({ reason }) => reason !== 'built-in');
  if (conflict === undefined) return;
  throw new StagedoorError('PACKAGE_INVALID', shown(conflict), {
    hint: `Ask its publisher for a version that works with ${conflict.name}@${conflict.locked ?? 'the runtime'}.`,
  });
};
