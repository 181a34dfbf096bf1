import { createRequire } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importableModules } from '#src/core-lock/importable.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { packageTree, writeFiles } from './package-tree.ts';

const files = [
  'index.js',
  'lib/a.js',
  'lib/b.js',
  'lib/deep/c.js',
  'lib/internal/d.js',
  'lib/e.json',
  'x/x.js',
];

const packageWith = (manifest: object): string => {
  const root = packageTree({}, Object.fromEntries(files.map(file => [`node_modules/p/${file}`, '{}'])));
  writeFiles(root, { 'node_modules/p/package.json': { name: 'p', version: '1.0.0', ...manifest } });
  return root;
};

const [main, exports, imports, stagedoor] = [undefined, undefined, undefined, undefined];
const whole = { name: 'p', version: '1.0.0', main, exports, imports, stagedoor };

const modulesOf = (manifest: { readonly exports?: unknown; readonly main?: unknown }): readonly string[] => {
  const dir = path.join(packageWith({}), 'node_modules/p');
  return importableModules(fs, dir, { ...whole, ...manifest }, ['p']);
};

describe('what can be imported of a package', () => {
  test.each([
    ['a file for all', './index.js', ['p']],
    ['conditions for all', { import: './index.js', default: './lib/a.js' }, ['p']],
    [
      'subpaths',
      { '.': './index.js', './a': { browser: './lib/a.js' }, './package.json': './package.json' },
      ['p', 'p/a', 'p/package.json'],
    ],
    ['a closed one', { '.': './index.js', './a': null, './b': { node: null } }, ['p']],
    [
      'one for types alone',
      { '.': { types: './index.d.ts' }, './a': { 'types@>=5': './a.d.ts', default: './lib/a.js' } },
      ['p/a'],
    ],
    ['a choice', { '.': [{ nothing: 'bad' }, './index.js'] }, ['p']],
    ['what Node refuses', { '.': 'lib/a.js', './a': '../up.js', './b/': './lib/' }, []],
    ['a mixture that Node refuses', { '.': './index.js', import: './index.js' }, []],
    ['a pattern', { './l/*': './lib/*.js' }, ['p/l/a', 'p/l/b', 'p/l/deep/c', 'p/l/internal/d']],
    [
      'a pattern with a hole',
      { './*': './lib/*.js', './internal/*': null, './b': null },
      ['p/a', 'p/deep/c'],
    ],
    [
      'a pattern with an ending',
      { './*.js': './lib/*.js', './deep/*': './lib/*' },
      [
        'p/a.js',
        'p/b.js',
        'p/deep/a.js',
        'p/deep/b.js',
        'p/deep/deep/c.js',
        'p/deep/e.json',
        'p/deep/internal/d.js',
        'p/internal/d.js',
      ],
    ],
    ['a pattern that leads to one file', { './any/*': './index.js' }, ['p/any/*']],
    ['two stars in a target', { './t/*': './*/*.js' }, ['p/t/x']],
    ['two stars in a key', { './*/*': './lib/*' }, []],
    ['nothing at all', {}, []],
    ['false', false, []],
  ])('K-08: %s', (_, exports, modules) => {
    expect(modulesOf({ exports })).toEqual(modules);
  });

  test('K-08: without exports everything below the name, and the name itself where a main file is there', () => {
    expect(modulesOf({})).toEqual(['p', 'p/*']);
    expect(modulesOf({ main: './lib/a', exports: null })).toEqual(['p', 'p/*']);
    const typesOnly = packageTree({}, { 'node_modules/p/index.d.ts': '' });
    const manifest = { ...whole, main: '' };
    expect(importableModules(fs, path.join(typesOnly, 'node_modules/p'), manifest, ['p'])).toEqual(['p/*']);
  });

  test('K-01: a pattern that fits more than 256 files stays a pattern, so that a lock stays small', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p/icons/${index}.js`, '']));
    const root = packageTree({}, { ...many, 'p/other/a.js': '' });
    const exports = { './icons/*': './icons/*.js', './other/*': './other/*.js' };
    const manifest = { ...whole, exports };
    expect(importableModules(fs, path.join(root, 'p'), manifest, ['p'])).toEqual(['p/icons/*', 'p/other/a']);
  });

  test('K-01: exports as deep, as many or as strange as one likes end in a list or in a typed error', () => {
    const deep = JSON.parse(`${'{"node":'.repeat(5000)}"./index.js"${'}'.repeat(5000)}`);
    expect(modulesOf({ exports: deep })).toEqual([]);
    const keys = (amount: number, ending: string) =>
      Object.fromEntries(Array.from({ length: amount }, (_, index) => [`./${index}${ending}`, './lib/*']));
    expect(() => modulesOf({ exports: keys(20_001, '') })).toThrow(/more than 20000 modules/);
    expect(modulesOf({ exports: keys(20_000, '/*') })).toHaveLength(20_000);
    const odd = JSON.parse(
      '{"./__proto__": "./index.js", "./a\\u0000b": "./index.js", "./../up": "./index.js"}',
    );
    expect(modulesOf({ exports: odd })).toEqual(['p/__proto__']);
  });

  test('P-22: patterns that would take hours to be written out stay patterns', () => {
    const files = Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`p/${index}.js`, '']));
    const root = packageTree({}, files);
    const targets = (amount: number) => Array.from({ length: amount }, (_, index) => `./${index % 7}*.js`);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`./${index}/*`, targets(64)]));
    const manifest = { ...whole, exports: { './a/*': targets(100_000), ...many } };
    const began = performance.now();
    const modules = importableModules(fs, path.join(root, 'p'), manifest, ['p']);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(modules).toContain('p/a/*');
  });

  const key = fc.constantFrom(
    './*',
    './*.js',
    './lib/*',
    './lib/*.js',
    './lib/deep/*',
    './lib/internal/*',
    './x/*',
    './lib/a.js',
    './b',
  );
  const target = fc.constantFrom(
    './*',
    './*.js',
    './lib/*',
    './lib/*.js',
    './lib/deep/*.js',
    './lib/a.js',
    null,
  );
  const pair = fc
    .tuple(key, target)
    // A star in a target of a key without one is a file that is called so.
    .map(([name, to]) => [name, name.includes('*') ? to : './lib/b.js'] as const);

  test('K-08: whatever the exports, what is listed is what Node finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pair, { selector: ([name]) => name, maxLength: 5 }), pairs => {
        const exports = { '.': './index.js', ...Object.fromEntries(pairs) };
        const root = packageWith({ exports });
        const require = createRequire(path.join(root, 'index.js'));
        const finds = (specifier: string): boolean => {
          try {
            return fs.existsSync(require.resolve(specifier));
          } catch {
            return false;
          }
        };
        const parts = files.flatMap(file => [
          file,
          file.replace(/\.js$/, ''),
          file.replace(/^lib\//, ''),
          file.replace(/^lib\/|\.js$/g, ''),
        ]);
        const heads = ['', 'lib/', 'lib/deep/', 'lib/internal/', 'x/'];
        const asked = new Set(['p', 'p/b', ...heads.flatMap(head => parts.map(part => `p/${head}${part}`))]);
        const listed = importableModules(fs, path.join(root, 'node_modules/p'), { ...whole, exports }, ['p']);
        const patterns = listed.filter(one => one.includes('*')).map(one => one.split('*'));
        const isListed = (specifier: string): boolean =>
          listed.includes(specifier) ||
          patterns.some(([head = '', tail = '']) => specifier.startsWith(head) && specifier.endsWith(tail));
        for (const specifier of asked)
          if (finds(specifier)) expect(listed).toSatisfy(() => isListed(specifier), specifier);
        for (const specifier of listed.filter(one => !one.includes('*')))
          expect([specifier, finds(specifier)]).toEqual([specifier, true]);
      }),
      { numRuns: 150, seed: Number(process.env.STAGEDOOR_SEED ?? 1) },
    );
  });
});
