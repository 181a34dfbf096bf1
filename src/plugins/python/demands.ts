import type { PluginDemand } from '../../../machines/contract.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import { type Chosen, isAddressed, type Need, type PipReport } from './report.ts';

/** Needed by the last of the chain. */
export type Missing = { readonly need: Need; readonly chain: readonly string[] };

export type Demanded = {
  /** Once for each who asks. */
  readonly demands: readonly PluginDemand[];
  /** Canonical name → who leads to a package that comes along, itself last. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** What is needed, and neither locked nor chosen. */
  readonly missing: readonly Missing[];
};

/** What is asked for by an address in place of the index: nothing may come from there, so no version of it will do. */
export const addressed = (missing: readonly Missing[]): readonly PluginDemand[] =>
  missing
    .filter(({ need }) => isAddressed(need))
    .map(({ need: { name, range }, chain }) => ({ as: name, name, range, chain }));

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
  const missing: Missing[] = [];
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
    const { one, chain } = visit;
    for (const need of inForce(visit)) {
      const { name, range, extras } = need;
      const canonical = canonicalName(name);
      if (isLocked(canonical))
        demands.set(`${one.name} ${canonical} ${range}`, { as: name, name, range, chain });
      else if (isAddressed(need) || !chosen.has(canonical)) missing.push({ need, chain });
      else enter(canonical, extras, chain);
    }
  }
  return { demands: [...demands.values()], chains, missing };
};
