import type { PluginDemand } from '../../../machines/contract.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import type { Chosen, PipReport } from './report.ts';

export type Demanded = {
  /** Once for each who asks. */
  readonly demands: readonly PluginDemand[];
  /** Canonical name → who leads to a package that comes along, itself last. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
};

type Visit = {
  readonly one: Chosen;
  readonly extras: readonly string[];
  readonly chain: readonly string[];
};

/** What of a distribution is in force, for its own sake and for the extras that are asked for. */
const inForce = ({ one, extras }: Visit) =>
  one.needs.filter(({ when }) => when.includes('') || when.some(extra => extras.includes(extra)));

/** Everything that is asked for by a name of the runtime, from the plugin on along the shortest chains. */
export const demandsOf = (
  { chosen }: PipReport,
  plugin: string,
  isLocked: (name: string) => boolean,
): Demanded => {
  const chains = new Map<string, readonly string[]>();
  const demands = new Map<string, PluginDemand>();
  const seen = new Set<string>();
  const open: Visit[] = [];
  const enter = (name: string, extras: readonly string[], before: readonly string[]): void => {
    const one = chosen.get(name);
    const fresh = ['', ...extras].filter(extra => !seen.has(`${name}[${extra}]`));
    if (one === undefined || fresh.length === 0) return;
    for (const extra of fresh) seen.add(`${name}[${extra}]`);
    const chain = chains.get(name) ?? [...before, `${name}@${one.version}`];
    chains.set(name, chain);
    open.push({ one, extras: fresh, chain });
  };
  enter(plugin, [], []);
  for (const visit of open) {
    for (const { name, range, extras } of inForce(visit)) {
      const canonical = canonicalName(name);
      if (!isLocked(canonical)) enter(canonical, extras, visit.chain);
      else
        demands.set(`${visit.one.name} ${canonical} ${range}`, { as: name, name, range, chain: visit.chain });
    }
  }
  return { demands: [...demands.values()], chains };
};
