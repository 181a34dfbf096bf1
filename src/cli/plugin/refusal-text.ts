import type { PluginConflict } from '../../../machines/contract.ts';
import type { Against } from '../../plugins/outcomes.ts';

/** What a refused plugin does not go with; its reasons say the rest. */
export const refusedBecause = ({
  runtime,
  conflicts,
}: Against & { readonly conflicts: readonly PluginConflict[] }): string => {
  const isAll = (reason: PluginConflict['reason']): boolean => conflicts.every(one => one.reason === reason);
  if (isAll('beside')) return 'it does not go with another plugin';
  if (isAll('address')) return 'it needs what is taken from no address';
  return `it does not go with ${runtime === null ? 'the runtime' : `the runtime ${runtime}`}`;
};
