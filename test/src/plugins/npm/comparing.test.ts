import { builtinModules } from 'node:module';
import { expect, test } from 'vitest';
import type { PluginDemand } from '#machines/contract.js';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { compareDemands } from '#src/plugins/npm/comparing.js';
import { lockWith } from '../../../support/plugins/npm-world.ts';

const demand = (name: string, range: string, as = name): PluginDemand => ({
  as,
  name,
  range,
  chain: ['p@1.0.0'],
});

/** `shared`, or why not. */
const verdict = (one: PluginDemand, lock: CoreLock): string => {
  const { shared, conflicts } = compareDemands([one], lock);
  expect(shared.length + conflicts.length).toBe(1);
  return conflicts[0]?.reason ?? 'shared';
};

test.each([
  ['18.3.1', '^18.0.0', 'shared'],
  ['18.3.1', '', 'shared'],
  ['18.3.1', '*', 'shared'],
  ['18.3.1', 'x', 'shared'],
  ['18.3.1', '^17 || ^18', 'shared'],
  ['18.3.1', ' >=16 <19 ', 'shared'],
  ['18.3.1', '=v18.3.1', 'shared'],
  ['18.3.1', 'latest', 'shared'],
  ['18.3.1', 'next', 'shared'],
  ['18.3.1', '18.3.2', 'version'],
  ['18.3.1', '^17.0.2', 'version'],
  ['18.3.1', '>18.3.1', 'version'],
  ['18.3.1', 'workspace:^18', 'version'],
  ['18.3.1', 'file:../react', 'version'],
  ['18.3.1', 'git+https://example.com/react.git', 'version'],
  ['18.3.1', 'https://example.com/react-18.3.1.tgz', 'version'],
  ['18.3.1', 'facebook/react', 'version'],
  ['18.3.1', 'npm:react@^18', 'version'],
  ['18.3.1', `18.3.1${' || 18.3.1'.repeat(60)}`, 'version'],
  ['19.0.0-rc.1', '>=16', 'version'],
  ['19.0.0-rc.1', '^19.0.0', 'version'],
  ['19.0.0-rc.1', '^19.0.0-rc.0', 'shared'],
  ['19.0.0-rc.1', '19.0.0-rc.1', 'shared'],
  ['19.0.0-rc.1', '*', 'shared'],
  ['19.0.0-rc.1', '', 'shared'],
  ['not-semver', '^1', 'version'],
  ['not-semver', '*', 'shared'],
])('K-05: of version %s, as npm judges it, %j is %s', (version, range, expected) => {
  expect(verdict(demand('react', range), lockWith(`react@${version}`))).toBe(expected);
});

const lock = lockWith(
  'react@18.3.1',
  '@scope/core@2.0.0',
  'joined@1.0.0|',
  'JSONStream@1.3.5',
  'events@3.3.0',
);

test('K-05: an alias counts by what it stands for, and another package under a locked name is not the locked one', () => {
  expect(verdict(demand('react', '^18', 'old-react'), lock)).toBe('shared');
  expect(verdict(demand('react', '^17', 'old-react'), lock)).toBe('version');
  expect(verdict(demand('preact', '^18', 'react'), lock)).toBe('version');
  expect(verdict(demand('react', '^18', '@scope/core'), lock)).toBe('version');
});

test('K-05: a conflict says which package the runtime has under the name, where that is another one', () => {
  const holders = (...demands: readonly PluginDemand[]) =>
    compareDemands(demands, lock).conflicts.map(({ as, holder, locked }) => [as, holder, locked]);
  expect(holders(demand('preact', '^18', 'react'), demand('react', '^17'), demand('React', '^18'))).toEqual([
    ['react', 'react', '18.3.1'],
    ['react', undefined, '18.3.1'],
    ['React', undefined, '18.3.1'],
  ]);
  const [react] = lockWith('@preact/compat@17.1.2').packages;
  const packages = react === undefined ? [] : [{ ...react, place: 'node_modules/react' }];
  const [conflict] = compareDemands([demand('react', '^17')], { ...lock, packages }).conflicts;
  expect(conflict).toMatchObject({ holder: '@preact/compat', locked: '17.1.2', reason: 'version' });
});

test('P-36: a name that differs in its case only is a look-alike, whichever of the two is in lower case', () => {
  for (const one of ['React', '@Scope/core', '@scope/CORE', 'jsonstream'])
    expect(verdict(demand(one, '*'), lock), one).toBe('look-alike');
  expect(verdict(demand('react', '^18', 'REACT'), lock)).toBe('look-alike');
  expect(verdict(demand('React', '^18', 'x'), lock)).toBe('look-alike');
  expect(verdict(demand('JSONStream', '^1'), lock)).toBe('shared');
});

test('P-36: the prefixed name of a module that Node has is taken, in any case; by its name a copy of the runtime is shared', () => {
  for (const name of builtinModules.map(one => one.replace(/^node:/, '')))
    for (const spelling of [`node:${name}`, `NODE:${name.toUpperCase()}`])
      expect(verdict(demand(spelling, '*'), lock), spelling).toBe('built-in');
  expect(verdict(demand('harmless', '1', 'node:fs'), lock)).toBe('built-in');
  expect(verdict(demand('punycode', '^2'), lock)).toBe('version');
  expect(verdict(demand('events', '^3'), lock)).toBe('shared');
  expect(verdict(demand('events', '^1'), lock)).toBe('version');
});

test('K-05: what is joined into a file of the runtime can not be shared, even if another copy lies in a folder', () => {
  expect(compareDemands([demand('joined', '^1')], lock).conflicts).toMatchObject([
    { reason: 'joined', locked: '1.0.0' },
  ]);
  const both: CoreLock = { ...lock, packages: [...lock.packages, ...lockWith('joined@1.0.0').packages] };
  expect(verdict(demand('joined', '^1'), both)).toBe('joined');
});

test('K-05: a runtime that has let go of a package conflicts with whoever counts on it, with no version', () => {
  expect(compareDemands([demand('zod', '^3')], lock).conflicts).toMatchObject([
    { reason: 'version', locked: null },
  ]);
});

test('K-05: everything is told: what is shared once and by name, conflicts as they were asked for', () => {
  const demands = [
    demand('react', '^18'),
    demand('react', '>=16'),
    demand('@scope/core', '2'),
    demand('node:fs', '*'),
  ];
  expect(compareDemands([...demands, demand('react', '^17')], lock)).toEqual({
    shared: [
      { name: '@scope/core', version: '2.0.0' },
      { name: 'react', version: '18.3.1' },
    ],
    conflicts: [
      { ...demand('node:fs', '*'), reason: 'built-in', locked: null },
      { ...demand('react', '^17'), reason: 'version', locked: '18.3.1' },
    ],
  });
});
