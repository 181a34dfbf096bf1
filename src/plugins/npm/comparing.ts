import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type {
  PluginComparison,
  PluginConflict,
  PluginDemand,
  SharedPackage,
} from '../../../machines/contract.ts';
import type { CoreLock, LockedPackage } from '../../core-lock/core-lock.ts';
import { byCodeUnits } from '../../core-lock/order.ts';
import { longestDemand } from '../../staging/compatibility.ts';
import { askOf } from './ask.ts';
import { type Belongings, belongingsOf, isPrefixedBuiltIn } from './belonging.ts';

/** As npm judges an installed version: `*` takes any, a tag whatever is there, a range no prerelease that it does not name. */
const admits = ({ name, range }: Pick<PluginDemand, 'name' | 'range'>, version: string): boolean => {
  if (range.length > longestDemand) return false;
  if (['', '*'].includes(range.trim())) return true;
  if (validRange(range, { loose: true }) !== null) return satisfies(version, range, { loose: true });
  const ask = askOf(name, range, false);
  return ask.fromRegistry && ask.range === range;
};

type Reason = PluginConflict['reason'];

/** Undefined where the copy can be shared. */
const faultOf = (demand: PluginDemand, copy: LockedPackage): Reason | undefined => {
  const { as, name } = demand;
  const spellings = [as, name].filter(text => text.toLowerCase() === copy.name.toLowerCase());
  if (spellings.some(text => text !== copy.name)) return 'look-alike';
  if (copy.place === null) return 'joined';
  return name === copy.name && admits(demand, copy.version) ? undefined : 'version';
};

const holderOf = ({ name }: PluginDemand, { name: holder }: LockedPackage): Pick<PluginConflict, 'holder'> =>
  holder.toLowerCase() === name.toLowerCase() ? {} : { holder };

type Judgement = { readonly shared: SharedPackage } | { readonly conflict: PluginConflict };

const judge = (demand: PluginDemand, { copyOf }: Belongings): Judgement => {
  // A locked name counts before what it stands for: that is what would be imported.
  const copy = copyOf(demand.as) ?? copyOf(demand.name);
  if (copy === undefined)
    return {
      conflict: { ...demand, reason: isPrefixedBuiltIn(demand.as) ? 'built-in' : 'version', locked: null },
    };
  const reason = faultOf(demand, copy);
  const { name, version } = copy;
  return reason === undefined
    ? { shared: { name, version } }
    : { conflict: { ...demand, reason, locked: version, ...holderOf(demand, copy) } };
};

export const conflictsOf = (
  demands: readonly PluginDemand[],
  belongings: Belongings,
): readonly PluginConflict[] =>
  demands.map(demand => judge(demand, belongings)).flatMap(one => ('conflict' in one ? [one.conflict] : []));

/**
 * What plugins get of the runtime, each package once and by name, and what they can't get. Against the lock of a later version
 * that has let go of a package, the demand for it is a conflict too, with no version: nobody brings it any more.
 */
export const compareDemands = (demands: readonly PluginDemand[], lock: CoreLock): PluginComparison => {
  const belongings = belongingsOf(lock);
  const judged = demands.map(demand => judge(demand, belongings));
  const shared = new Map(judged.flatMap(one => ('shared' in one ? [[one.shared.name, one.shared]] : [])));
  return {
    shared: [...shared.values()].sort((a, b) => byCodeUnits(a.name, b.name)),
    conflicts: judged.flatMap(one => ('conflict' in one ? [one.conflict] : [])),
  };
};
