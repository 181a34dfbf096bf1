import { type Demands, demandsOf, type Manifest } from '../../registry/manifest.ts';
import { asRecord } from '../../store/json-shape.ts';
import { type Ask, askOf } from './ask.ts';
import { type Belongings, isPrefixedBuiltIn } from './belonging.ts';

/** What a version says, as far as npm's resolver is not to see it. */
export type Note = {
  /** Asked for by a name that belongs to the runtime. */
  readonly belonging: readonly Ask[];
  /** Needed, and not from the registry. */
  readonly unfit: readonly Ask[];
  /** Two names that npm takes for one folder, so that one of them would be left out; null: there are none. */
  readonly twins: readonly [string, string] | null;
  readonly machine: Demands;
  /** The whole of it: its hash and its tarball are looked at where it is chosen. */
  readonly manifest: Manifest;
};

/** Both spellings are about, and `true` stands for all that it depends on. */
export const withOneSpelling = (value: unknown): unknown => {
  const record = asRecord(value);
  if (record === null) return value;
  const names = record.bundleDependencies ?? record.bundledDependencies;
  const bundleDependencies = names === true ? Object.keys(asRecord(record.dependencies) ?? {}) : names;
  return { ...record, bundleDependencies };
};

type Kind = 'dependencies' | 'optionalDependencies' | 'peerDependencies';

/** npm's precedence where a name stands in several lists: registries write optional ones twice. */
const asksOf = (
  manifest: Pick<Manifest, Kind | 'peerDependenciesMeta'>,
): ReadonlyMap<Kind, readonly Ask[]> => {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const seen = new Set<string>();
  const take = (
    kind: Kind,
    list: Readonly<Record<string, string>>,
    isOptional: (name: string) => boolean,
  ) => {
    const own = Object.entries(list).filter(([name]) => !seen.has(name));
    for (const [name] of own) seen.add(name);
    return [kind, own.map(([name, spec]) => askOf(name, spec, isOptional(name)))] as const;
  };
  const isOptionalPeer = (name: string): boolean =>
    Object.hasOwn(peerDependenciesMeta, name) && peerDependenciesMeta[name]?.optional === true;
  return new Map([
    take('optionalDependencies', optionalDependencies, () => true),
    take('dependencies', dependencies, () => false),
    take('peerDependencies', peerDependencies, isOptionalPeer),
  ]);
};

/** Node answers these itself, so whoever can do without one has it already. */
const isTaken = (ask: Ask, { isLocked }: Belongings): boolean =>
  isLocked(ask) || (isPrefixedBuiltIn(ask.as) && !ask.optional);

const isLeft = (ask: Ask, { isLocked }: Belongings): boolean =>
  ask.fromRegistry && !isLocked(ask) && !isPrefixedBuiltIn(ask.as);

const twinsAmong = (asks: readonly Ask[]): readonly [string, string] | null => {
  const seen = new Map<string, string>();
  for (const { as } of asks) {
    const other = seen.get(as.toLowerCase());
    if (other !== undefined) return [other, as];
    seen.set(as.toLowerCase(), as);
  }
  return null;
};

export const noteOf = (manifest: Manifest, belongings: Belongings): Note => {
  const asks = [...asksOf(manifest).values()].flat();
  const belonging = asks.filter(ask => isTaken(ask, belongings));
  return {
    belonging,
    unfit: asks.filter(ask => !ask.fromRegistry && !ask.optional && !belonging.includes(ask)),
    twins: twinsAmong(asks.filter(ask => isLeft(ask, belongings))),
    machine: demandsOf(manifest),
    manifest,
  };
};

/**
 * What npm's resolver gets to see of a version: what it asks of the registry and does not get from the runtime. Machines are judged
 * here, and shrinkwraps, overrides and workspaces of others count for nothing.
 */
export const visiblePart = (
  manifest: Manifest,
  belongings: Belongings,
): Readonly<Record<string, unknown>> => {
  const { name, version, deprecated, dist, peerDependenciesMeta, bundleDependencies } = manifest;
  const lists = [...asksOf(manifest)].map(([kind, asks]) => {
    const left = asks.filter(ask => isLeft(ask, belongings));
    return [kind, Object.fromEntries(left.map(({ as }) => [as, manifest[kind][as]]))] as const;
  });
  const shown = { name, version, dist, ...Object.fromEntries(lists) };
  return {
    ...shown,
    peerDependenciesMeta,
    ...(bundleDependencies.length === 0 ? {} : { bundleDependencies }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
};
