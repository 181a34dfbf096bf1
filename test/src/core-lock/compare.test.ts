import { describe, expect, test } from 'vitest';
import { compareLocks } from '#src/core-lock/compare.js';
import type { CoreLock, LockedPackage } from '#src/core-lock/core-lock.js';

const one = (name: string, rest: Partial<LockedPackage> = {}): LockedPackage => ({
  ...{
    ecosystem: 'npm',
    name,
    version: '1.0.0',
    integrity: null,
    place: `node_modules/${name}`,
    modules: [name],
  },
  ...rest,
});
const lock = (packages: readonly LockedPackage[], aliases = {}): CoreLock => ({
  schema: 1,
  packages,
  aliases,
});
const differences = (locked: readonly LockedPackage[], found: readonly LockedPackage[]) =>
  compareLocks(lock(locked), lock(found)).map(({ kind, name, place, locked: then, found: now }) => [
    kind,
    name,
    place,
    then,
    now,
  ]);

const hash = (letter: string) => `sha512-${letter.repeat(86)}==`;
const nested = 'node_modules/b/node_modules/a';
const [A, B] = [hash('A'), hash('B')];

describe('a tree against its lock', () => {
  test.each([
    ['the same', [one('a')], [one('a')], []],
    ['missing', [one('a'), one('b')], [one('a')], [['missing', 'b', 'node_modules/b', '1.0.0', null]]],
    ['added', [], [one('b')], [['added', 'b', 'node_modules/b', null, '1.0.0']]],
    [
      'another version',
      [one('a', { modules: ['a', 'a/x'], integrity: A })],
      [one('a', { version: '2.0.0', integrity: B })],
      [['version', 'a', 'node_modules/a', '1.0.0', '2.0.0']],
    ],
    [
      'another place',
      [one('a')],
      [one('a', { place: nested })],
      [['place', 'a', nested, 'node_modules/a', nested]],
    ],
    [
      'a second copy',
      [one('a')],
      [one('a'), one('a', { place: nested })],
      [['added', 'a', nested, null, '1.0.0']],
    ],
    [
      'two versions that changed places',
      [one('a'), one('a', { place: nested, version: '2.0.0' })],
      [one('a', { place: nested }), one('a', { version: '2.0.0' })],
      [
        ['version', 'a', 'node_modules/a', '1.0.0', '2.0.0'],
        ['version', 'a', nested, '2.0.0', '1.0.0'],
      ],
    ],
    [
      'other modules',
      [one('a', { modules: ['a', 'a/x'] })],
      [one('a', { modules: ['a', 'a/y', 'a/z'] })],
      [['modules', 'a', 'node_modules/a', 'a/x', 'a/y, a/z']],
    ],
    [
      'other bytes',
      [one('a', { integrity: A })],
      [one('a', { integrity: B })],
      [['integrity', 'a', 'node_modules/a', A, B]],
    ],
    ['bytes that nobody knows any more', [one('a', { integrity: A })], [one('a')], []],
    [
      'another package in its place',
      [one('a')],
      [one('z', { place: 'node_modules/a' })],
      [
        ['missing', 'a', 'node_modules/a', '1.0.0', null],
        ['added', 'z', 'node_modules/a', null, '1.0.0'],
      ],
    ],
    [
      'the other ecosystem',
      [one('a')],
      [one('a', { ecosystem: 'python' })],
      [
        ['missing', 'a', 'node_modules/a', '1.0.0', null],
        ['added', 'a', 'node_modules/a', null, '1.0.0'],
      ],
    ],
    [
      'a distribution whose folder bears the version',
      [one('p', { ecosystem: 'python', place: 'p-1.dist-info' })],
      [one('p', { ecosystem: 'python', place: 'p-2.dist-info', version: '2' })],
      [['version', 'p', 'p-2.dist-info', '1.0.0', '2']],
    ],
    [
      'no longer joined into a file',
      [one('a', { place: null })],
      [one('a')],
      [['place', 'a', 'node_modules/a', null, 'node_modules/a']],
    ],
  ] as const)('K-01: %s', (_, locked, found, expected) => {
    expect(differences(locked, found)).toEqual(expected);
  });

  test('K-01: aliases that came, went or changed', () => {
    const found = compareLocks(
      lock([], { a: 'x@1', b: 'y@1', toString: 'z@1' }),
      lock([], { a: 'x@2', c: 'y@1' }),
    );
    expect(found.map(({ kind, name, locked, found: now }) => [kind, name, locked, now])).toEqual([
      ['alias', 'a', 'x@1', 'x@2'],
      ['alias', 'b', 'y@1', null],
      ['alias', 'c', null, 'y@1'],
      ['alias', 'toString', 'z@1', null],
    ]);
  });
});
