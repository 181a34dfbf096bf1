import path from 'node:path';
import { expect, test } from 'vitest';
import { isNativesMode, nativesMode } from '#src/natives/mode.js';
import { nativeDependency } from '#src/natives/options.js';

const sha512 = `sha512-${'A'.repeat(86)}==`;
const sha256 = `sha256:${'0'.repeat(64)}`;
const bundled = path.resolve('bundled');

const dependency = (native: unknown, dir: string | null = bundled) =>
  nativeDependency(native, dir, (value, expected) => new TypeError(`${JSON.stringify(value)}: ${expected}`));
const complaint = (native: unknown, dir: string | null = bundled): string => {
  try {
    dependency(native, dir);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
};

test('N-04: a name alone is a copy from the bundle, of which nothing may be installed', () => {
  expect(dependency({ name: '@scope/my-native' })).toEqual({
    name: '@scope/my-native',
    dir: path.join(bundled, 'node_modules', '@scope', 'my-native'),
    module: '@scope/my_native',
    pins: [],
    build: false,
    optional: false,
  });
});

test('N-12: pins of both ecosystems are taken apart: npm has one hash, Python one for each archive', () => {
  const install = { '@s/a@1.2.3-rc.1': sha512, 'py_thing@2024.1': ` ${sha256}  ${sha256} ` };
  expect(dependency({ name: 'a', install, build: true, optional: true, module: 'a_c', dir: 'x' })).toEqual({
    name: 'a',
    dir: path.resolve('x'),
    module: 'a_c',
    pins: [
      { name: '@s/a', version: '1.2.3-rc.1', hashes: [sha512] },
      { name: 'py_thing', version: '2024.1', hashes: [sha256, sha256] },
    ],
    build: true,
    optional: true,
  });
});

test('N-04: with pins there need be no bundle, without them there must', () => {
  expect(dependency({ name: 'a', install: { 'a@1.0.0': sha512 } }, null).dir).toBe(null);
  expect(complaint({ name: 'a' }, null)).toContain('given with a folder where there is no bundled runtime');
});

const names = [
  '',
  '.',
  '..',
  '../a',
  'a/b',
  '@s',
  '@s/',
  '@s/../b',
  'a..b',
  '/a',
  'a b',
  'a\0',
  'C:\\a',
  7,
  null,
  undefined,
];
test.each(names)('N-04: %j is the name of no native dependency', name => {
  expect(complaint({ name })).toContain('names of npm packages');
});

test.each([null, undefined, 'a', 7, [], [['name', 'a']]])('%j is no native dependency', native => {
  expect(complaint(native)).toContain('names of npm packages');
});

test.each([
  ['a', sha512, 'pinned as NAME@VERSION'],
  ['a@', sha512, 'pinned as NAME@VERSION'],
  ['@1.0.0', sha512, 'pinned as NAME@VERSION'],
  ['../a@1.0.0', sha512, 'pinned as NAME@VERSION'],
  ['a..b@1.0.0', sha512, 'pinned as NAME@VERSION'],
  ['a@../../etc', sha512, 'pinned as NAME@VERSION'],
  ['a@file:x', sha512, 'pinned as NAME@VERSION'],
  ['a@1.0.0 --index-url=x', sha512, 'pinned as NAME@VERSION'],
  ['a@latest', sha512, 'pinned to an exact version'],
  ['a@1', sha512, 'pinned to an exact version'],
  ['a@v1.0.0', sha512, 'pinned to an exact version'],
  ['a@1.0.0', `${sha512} ${sha512}`, 'pinned by sha512'],
  ['a@1.0.0', `${sha512} ${sha256}`, 'pinned by sha512'],
  ['a@1.0.0', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 'pinned by sha512'],
  ['a@1.0.0', 'sha512-short==', 'pinned by sha512'],
  ['a@1.0.0', `${sha256.slice(0, -1)}g`, 'pinned by sha512'],
  ['a@1.0.0', '', 'pinned by sha512'],
  ['a@1.0.0', null, 'pinned by sha512'],
  ['a@1.0.0', [sha512], 'pinned by sha512'],
])('N-04: the pin %j: %j is refused', (spec, hash, expected) => {
  expect(complaint({ name: 'a', install: { [spec]: hash } })).toContain(expected);
});

test('N-04: two versions of one package have one place in a tree', () => {
  const install = { 'a@1.0.0': sha512, 'A@2.0.0': sha512 };
  expect(complaint({ name: 'a', install })).toContain('pinned in one version each');
});

test.each([
  [{ install: [] }, 'installed from an object'],
  [{ install: 'a@1' }, 'installed from an object'],
  [{ install: null }, 'installed from an object'],
  [{ build: 'yes' }, 'given with build true or false'],
  [{ build: 1 }, 'given with build true or false'],
  [{ optional: 'yes' }, 'given with optional true or false'],
  [{ module: 'os;x' }, 'given with the name of a Python module'],
  [{ module: '../x' }, 'given with the name of a Python module'],
  [{ module: 'a.b' }, 'given with the name of a Python module'],
  [{ module: '' }, 'given with the name of a Python module'],
  [{ dir: '' }, 'given with a folder'],
  [{ dir: 7 }, 'given with a folder'],
])('N-04: %j is refused', (wrong, expected) => {
  expect(complaint({ name: 'a', ...wrong })).toContain(expected);
});

test.each([
  ['skip', 'auto', 'skip'],
  ['SKIP', undefined, 'skip'],
  [' Auto\n', 'skip', 'auto'],
  [undefined, 'sKiP', 'skip'],
  ['', 'skip', 'skip'],
  ['never', 'skip', 'skip'],
  ['never', 'ever', 'auto'],
  [undefined, undefined, 'auto'],
  ['constructor', '__proto__', 'auto'],
  ['toString', undefined, 'auto'],
])('N-06: the environment says %j, the configuration %j: %s', (environment, configured, mode) => {
  expect(nativesMode(environment, configured)).toBe(mode);
});

test('N-06: only the two words are modes', () => {
  for (const word of ['auto', 'SKIP', ' skip ']) expect(isNativesMode(word)).toBe(true);
  for (const word of ['', 'none', 'constructor', '__proto__', 'valueOf'])
    expect(isNativesMode(word)).toBe(false);
});
