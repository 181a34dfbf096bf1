import type { CoreLock, LockedPackage } from './core-lock.ts';
import { grouped } from './grouping.ts';
import { byCodeUnits } from './order.ts';

/** What a tree has otherwise than its lock says. `locked` and `found` are null where there is nothing. */
export type Difference = {
  readonly kind: 'missing' | 'added' | 'version' | 'place' | 'modules' | 'integrity' | 'alias';
  readonly ecosystem: 'npm' | 'python' | null;
  readonly name: string;
  /** In the tree, else in the lock; null for what is joined into a file, and for aliases. */
  readonly place: string | null;
  /** A version, a place, a hash, what an alias stands for; of modules those that only this side has. */
  readonly locked: string | null;
  readonly found: string | null;
};

type Pair = readonly [locked: LockedPackage, found: LockedPackage];

type Sides = { readonly locked: readonly LockedPackage[]; readonly found: readonly LockedPackage[] };

/** Takes out of both sides what has the same key, first with first. */
const paired = (
  { locked, found }: Sides,
  keyOf: (one: LockedPackage) => string,
): Sides & { readonly pairs: readonly Pair[] } => {
  const waiting = grouped(found, keyOf);
  const pairs: Pair[] = [];
  const left = locked.filter(one => {
    const other = waiting.get(keyOf(one))?.shift();
    if (other !== undefined) pairs.push([one, other]);
    return other === undefined;
  });
  return { pairs, locked: left, found: [...waiting.values()].flat() };
};

const keys: readonly ((one: LockedPackage) => string)[] = [
  ({ ecosystem, name, version, place }) => JSON.stringify([ecosystem, name, version, place]),
  ({ ecosystem, name, place }) => JSON.stringify([ecosystem, name, place]),
  ({ ecosystem, name, version }) => JSON.stringify([ecosystem, name, version]),
  ({ ecosystem, name }) => JSON.stringify([ecosystem, name]),
];

const without = (modules: readonly string[], others: readonly string[]): string | null => {
  const known = new Set(others);
  return modules.filter(module => !known.has(module)).join(', ') || null;
};

type Aspect = Pick<Difference, 'kind' | 'locked' | 'found'>;

/** Another version is another package: that its files and hash are others goes without saying. */
const aspects = ([locked, found]: Pair): readonly Aspect[] => {
  if (locked.version !== found.version)
    return [{ kind: 'version', locked: locked.version, found: found.version }];
  const sides = {
    locked: without(locked.modules, found.modules),
    found: without(found.modules, locked.modules),
  };
  const bothKnown = locked.integrity !== null && found.integrity !== null;
  return [
    ...(locked.place === found.place
      ? []
      : [{ kind: 'place', locked: locked.place, found: found.place } as const]),
    ...(sides.locked === null && sides.found === null ? [] : [{ kind: 'modules', ...sides } as const]),
    ...(bothKnown && locked.integrity !== found.integrity
      ? [{ kind: 'integrity', locked: locked.integrity, found: found.integrity } as const]
      : []),
  ];
};

const ofPair = (pair: Pair): readonly Difference[] => {
  const { ecosystem, name, place } = pair[1];
  return aspects(pair).map(({ kind, ...sides }) => ({ kind, ecosystem, name, place, ...sides }));
};

const alone = (
  kind: 'missing' | 'added',
  { ecosystem, name, version, place }: LockedPackage,
): Difference => ({
  ...{ kind, ecosystem, name, place },
  locked: kind === 'missing' ? version : null,
  found: kind === 'added' ? version : null,
});

const ofAliases = (locked: CoreLock['aliases'], found: CoreLock['aliases']): readonly Difference[] => {
  const read = (aliases: CoreLock['aliases'], name: string): string | null =>
    Object.hasOwn(aliases, name) ? (aliases[name] ?? null) : null;
  return [...new Set([...Object.keys(locked), ...Object.keys(found)])]
    .map(name => ({ name, locked: read(locked, name), found: read(found, name) }))
    .filter(one => one.locked !== one.found)
    .map(one => ({ kind: 'alias', ecosystem: null, place: null, ...one }));
};

/**
 * Each difference between a lock and the lock that its tree would have now, by name. Packages are the same by name and place,
 * else by name and version, else by name. A hash counts where both sides know one: an app that is packed has lost npm's record.
 */
export const compareLocks = (lock: CoreLock, tree: CoreLock): readonly Difference[] => {
  let sides: Sides = { locked: lock.packages, found: tree.packages };
  const pairs: Pair[] = [];
  for (const keyOf of keys) {
    const { pairs: some, ...rest } = paired(sides, keyOf);
    pairs.push(...some);
    sides = rest;
  }
  return [
    ...pairs.flatMap(ofPair),
    ...sides.locked.map(one => alone('missing', one)),
    ...sides.found.map(one => alone('added', one)),
    ...ofAliases(lock.aliases, tree.aliases),
  ].sort(
    (a, b) =>
      byCodeUnits(a.name.toLowerCase(), b.name.toLowerCase()) || byCodeUnits(a.place ?? '', b.place ?? ''),
  );
};
