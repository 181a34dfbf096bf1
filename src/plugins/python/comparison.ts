import type {
  PluginComparison,
  PluginConflict,
  PluginDemand,
  SharedPackage,
} from '../../../machines/contract.ts';
import type { CoreLock, LockedPackage } from '../../core-lock/core-lock.ts';
import { byCodeUnits } from '../../core-lock/order.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import { meetsSpecifier } from '../../core-lock/python-specifier.ts';
import { sharedCopies } from '../../core-lock/shared-copies.ts';
import { type LockedModules, lockedModules, lookedAlike } from './locked-modules.ts';
import { isAddressed } from './report.ts';

/** A module that comes along is a demand of who brings it: the chain ends with the package itself. */
const isBrought = ({ name, chain }: PluginDemand): boolean =>
  canonicalName(chain.at(-1)?.replace(/@[^@]*$/, '') ?? '') === canonicalName(name);

const broughtConflict = (demand: PluginDemand, locked: LockedModules): PluginConflict => {
  const owner = lookedAlike(locked, demand.as);
  return owner === undefined
    ? { ...demand, reason: 'built-in', locked: null }
    : { ...demand, reason: 'look-alike', locked: owner.version };
};

const conflictOf = (demand: PluginDemand, copy: LockedPackage | undefined): PluginConflict | null => {
  if (isAddressed(demand)) return { ...demand, reason: 'address', locked: copy?.version ?? null };
  // What the runtime no longer has was left out of the plugin, too.
  if (copy === undefined) return { ...demand, reason: 'version', locked: null };
  if (copy.place === null) return { ...demand, reason: 'joined', locked: copy.version };
  return meetsSpecifier(copy.version, demand.range)
    ? null
    : { ...demand, reason: 'version', locked: copy.version };
};

/** Which demands the lock meets (PEP 440, names in canonical form), and which it does not. */
export const comparePythonDemands = (demands: readonly PluginDemand[], lock: CoreLock): PluginComparison => {
  const copies = sharedCopies(lock, 'python');
  const locked = lockedModules(lock);
  const shared = new Map<string, SharedPackage>();
  const conflicts: PluginConflict[] = [];
  for (const demand of demands) {
    const copy = copies.get(canonicalName(demand.name));
    const conflict = isBrought(demand) ? broughtConflict(demand, locked) : conflictOf(demand, copy);
    if (conflict !== null) conflicts.push(conflict);
    else if (copy !== undefined) shared.set(copy.name, { name: copy.name, version: copy.version });
  }
  return { shared: [...shared.values()].sort((a, b) => byCodeUnits(a.name, b.name)), conflicts };
};
