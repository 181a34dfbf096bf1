import { expect, test } from 'vitest';
import { copiesIn } from '#src/child/core-lock-file.cjs';
import type { LockedPackage } from '#src/core-lock/core-lock.js';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { sharedCopies } from '#src/core-lock/shared-copies.js';

const locked = (name: string, place: string | null): LockedPackage => ({
  ...{ ecosystem: 'npm', name, version: '1.0.0', integrity: null, place, modules: [] },
});

const locks: Readonly<Record<string, readonly LockedPackage[]>> = {
  'one copy': [locked('a', 'node_modules/a')],
  'an alias before it': [locked('react', 'node_modules/a17'), locked('react', 'node_modules/react')],
  'an alias after it': [locked('react', 'node_modules/react'), locked('react', 'node_modules/react17')],
  'an alias alone': [locked('@preact/compat', 'node_modules/react')],
  'an alias for a name that is there deeper': [
    locked('@preact/compat', 'node_modules/react'),
    locked('react', 'node_modules/x/node_modules/react'),
  ],
  'an alias that lies deeper': [
    locked('react', 'node_modules/react'),
    locked('@preact/compat', 'node_modules/x/node_modules/react'),
  ],
  'a nested one before the top': [
    locked('@a/b', 'node_modules/c/node_modules/@a/b'),
    locked('@a/b', 'node_modules/@a/b'),
  ],
  'two nested ones': [
    locked('b', 'node_modules/c/node_modules/b'),
    locked('b', 'node_modules/d/node_modules/b'),
  ],
  'joined before': [locked('a', null), locked('a', 'node_modules/a')],
  'joined after': [locked('a', 'node_modules/a'), locked('a', null)],
  'joined, and an alias of its name': [locked('b', 'node_modules/a'), locked('a', null)],
  'the runtime itself': [locked('app', '.'), locked('app', 'node_modules/app')],
  'another case': [locked('JSONStream', 'node_modules/JSONStream')],
  'two cases': [
    locked('JSONStream', 'node_modules/JSONStream'),
    locked('jsonstream', 'node_modules/jsonstream'),
  ],
  'an alias in another case': [locked('a', 'node_modules/React'), locked('b', 'node_modules/react')],
  'a place without modules': [locked('a', 'packages/a'), locked('a', 'node_modules/a')],
};

/** Key → place, as an installation sees it. */
const installed = (packages: readonly LockedPackage[]): Readonly<Record<string, string | null>> =>
  Object.fromEntries([...sharedCopies({ packages }, 'npm')].map(([key, { place }]) => [key, place]));

const atRunTime = (text: string): Readonly<Record<string, string | null>> =>
  Object.fromEntries([...copiesIn(text).folded].map(([key, { place }]) => [key, place]));

test.each(Object.keys(locks))(
  'K-05, K-06: an installation and the resolver choose the same copies of a lock: %s',
  title => {
    for (const packages of [locks[title] ?? [], [...(locks[title] ?? [])].reverse()]) {
      const text = serializeLock({ schema: 1, packages, aliases: {} });
      const sorted = (JSON.parse(text) as { readonly packages: readonly LockedPackage[] }).packages;
      expect(atRunTime(text)).toEqual(installed(sorted));
      expect(atRunTime(JSON.stringify({ schema: 1, packages }))).toEqual(installed(packages));
    }
  },
);

test('K-06: of names that differ in their case alone each has its own copy', () => {
  const { named } = copiesIn(JSON.stringify({ schema: 1, packages: locks['two cases'] }));
  expect([...named].map(([key, { place }]) => [key, place])).toEqual([
    ['JSONStream', 'node_modules/JSONStream'],
    ['jsonstream', 'node_modules/jsonstream'],
  ]);
});
