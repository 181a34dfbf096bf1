import { expect, test } from 'vitest';
import type { LockedPackage } from '#src/core-lock/core-lock.js';
import { sharedCopies } from '#src/core-lock/shared-copies.js';

const locked = (name: string, version: string, place: string | null): LockedPackage => ({
  ecosystem: 'npm',
  name,
  version,
  integrity: null,
  place,
  modules: [],
});

/** Name → version of what is shared, in whatever order the lock has its packages. */
const shared = (...packages: readonly LockedPackage[]): Readonly<Record<string, string>> => {
  const versions = (list: readonly LockedPackage[]): Record<string, string> =>
    Object.fromEntries(
      [...sharedCopies({ packages: list }, 'npm')].map(([name, one]) => [name, one.version]),
    );
  const told = versions(packages);
  expect(versions([...packages].reverse())).toEqual(told);
  return told;
};

test('K-05: of two copies that lie as high the one that is called by its own name is shared', () => {
  const alias = locked('react', '17.0.2', 'node_modules/react17');
  const own = locked('react', '18.3.1', 'node_modules/react');
  expect(shared(alias, own)).toEqual({ react: '18.3.1', react17: '17.0.2' });
});

test('K-05: the copy that lies highest is shared', () => {
  const top = locked('@a/b', '2.0.0', 'node_modules/@a/b');
  const nested = locked('@a/b', '1.0.0', 'node_modules/c/node_modules/@a/b');
  expect(shared(nested, top)).toEqual({ '@a/b': '2.0.0' });
});

test('K-06: a name under which the runtime has another package belongs to the runtime', () => {
  expect(shared(locked('@preact/compat', '17.1.2', 'node_modules/react'))).toEqual({
    '@preact/compat': '17.1.2',
    react: '17.1.2',
  });
});

test('K-05: what is joined into a file goes before a copy in a folder: it can not be shared, and another one would be a second', () => {
  const copies = sharedCopies(
    { packages: [locked('a', '1.0.0', 'node_modules/a'), locked('a', '1.0.0', null)] },
    'npm',
  );
  expect(copies.get('a')?.place).toBeNull();
});

test('K-05: names in another case are the same name', () => {
  expect([
    ...sharedCopies({ packages: [locked('JSONStream', '1.0.0', 'node_modules/JSONStream')] }, 'npm').keys(),
  ]).toEqual(['jsonstream']);
});
