import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNodeTree } from '#src/core-lock/node-tree.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { packageTree, writeFiles } from './package-tree.ts';

const places = (root: string): Record<string, string> =>
  Object.fromEntries(
    readNodeTree(fs, root).packages.map(({ name, version, place }) => [String(place), `${name}@${version}`]),
  );

const a1 = { name: 'a', version: '1.0.0' };

describe('which packages are found', () => {
  test('K-01: the runtime, its packages, scoped ones, and each nested copy at its own version', () => {
    const root = packageTree({
      '.': { name: 'runtime', version: '3.0.0' },
      'node_modules/a': a1,
      'node_modules/@s/b': { name: '@s/b', version: '2.0.0', bundleDependencies: ['a'] },
      'node_modules/@s/b/node_modules/a': { name: 'a', version: '2.0.0' },
      'node_modules/@s/b/node_modules/a/node_modules/a': { name: 'a', version: '0.1.0-rc.1' },
    });
    expect(places(root)).toEqual({
      '.': 'runtime@3.0.0',
      'node_modules/a': 'a@1.0.0',
      'node_modules/@s/b': '@s/b@2.0.0',
      'node_modules/@s/b/node_modules/a': 'a@2.0.0',
      'node_modules/@s/b/node_modules/a/node_modules/a': 'a@0.1.0-rc.1',
    });
  });

  test('K-01: in a tree of links (pnpm) each package is there once, with what lies beside it', () => {
    const root = packageTree({
      'node_modules/.pnpm/a@1.0.0/node_modules/a': a1,
      'node_modules/.pnpm/b@2.0.0/node_modules/b': { name: 'b', version: '2.0.0' },
    });
    const inside = (name: string) => path.join(root, 'node_modules', name);
    symlinkSync('.pnpm/a@1.0.0/node_modules/a', inside('a'));
    symlinkSync('../../b@2.0.0/node_modules/b', inside('.pnpm/a@1.0.0/node_modules/b'));
    symlinkSync('../../a@1.0.0/node_modules/a', inside('.pnpm/b@2.0.0/node_modules/a'));
    expect(places(root)).toEqual({
      'node_modules/.pnpm/a@1.0.0/node_modules/a': 'a@1.0.0',
      'node_modules/.pnpm/b@2.0.0/node_modules/b': 'b@2.0.0',
    });
  });

  test('K-01: links that end in a ring, nowhere or outside are not followed, and the last are named', () => {
    const elsewhere = packageTree({ '.': { name: 'foreign', version: '1.0.0' } });
    const root = packageTree({ 'node_modules/a': a1 });
    const link = (to: string, name: string) => symlinkSync(to, path.join(root, 'node_modules', name));
    link(elsewhere, 'foreign');
    link('ring', 'ring');
    link('nothing', 'dangling');
    link('..', 'self');
    mkdirSync(path.join(root, 'node_modules/a/node_modules'));
    symlinkSync('../../../node_modules', path.join(root, 'node_modules/a/node_modules/again'));
    const tree = readNodeTree(fs, root);
    expect(tree.packages.map(({ place }) => place)).toEqual(['node_modules/a']);
    expect(tree.leftOut).toEqual([
      { place: 'node_modules/foreign', reason: 'it is a link that leads out of the tree' },
    ]);
  });

  test('K-01: a workspace that is linked has its own place, and is imported by the name of the link', () => {
    const root = packageTree({ 'packages/w': { name: '@s/w', version: '1.0.0' } });
    mkdirSync(path.join(root, 'node_modules/@s'), { recursive: true });
    symlinkSync('../../packages/w', path.join(root, 'node_modules/@s/w'));
    expect(readNodeTree(fs, root).packages).toMatchObject([
      { place: 'packages/w', name: '@s/w', modules: ['@s/w', '@s/w/*'] },
    ]);
  });

  test('K-02: without a name or version, or with one that is none, a package is left out and said', () => {
    const root = packageTree(
      {
        'node_modules/nameless': { version: '1.0.0' },
        'node_modules/versionless': { name: 'versionless' },
        'node_modules/odd': { name: '__proto__', version: '1.0.0' },
        'node_modules/path': { name: '../up', version: '1.0.0' },
        'node_modules/lines': { name: 'lines', version: '1.0.0\n2' },
        'node_modules/we ird': { name: 'weird', version: '1.0.0' },
        'node_modules/__proto__': { name: 'proto', version: '1.0.0' },
        'node_modules/good': { name: 'good', version: '1.0.0' },
      },
      {
        'node_modules/broken/package.json': '{"name": ',
        'node_modules/list/package.json': '[]',
        'node_modules/empty/x': '',
      },
    );
    const { packages, leftOut, aliases } = readNodeTree(fs, root);
    expect(packages.map(({ name }) => name)).toEqual(['good']);
    expect(aliases).toEqual({});
    expect(Object.fromEntries(leftOut.map(({ place, reason }) => [place.slice(13), reason]))).toEqual(
      Object.fromEntries([
        ['nameless', 'it has no name'],
        ['versionless', 'it has no version'],
        ['odd', 'its name is none'],
        ['path', 'its name is none'],
        ['lines', 'its version is none'],
        ['we ird', 'its folder has a name that nothing can be imported by'],
        ['__proto__', 'its folder has a name that nothing can be imported by'],
        ['broken', 'its package.json is no JSON object'],
        ['list', 'its package.json is no JSON object'],
      ]),
    );
  });

  test('K-02: a manifest that is too large or a folder is an error that names it, not an empty place', () => {
    const root = packageTree({ 'node_modules/a': a1 });
    const manifest = path.join(root, 'node_modules/a/package.json');
    truncateSync(manifest, 5 * 2 ** 20);
    expect(() => readNodeTree(fs, root)).toThrow(
      /node_modules\/a\/package\.json can't be read: it has 5242880 bytes/,
    );
    const other = temporaryFolder('lock');
    mkdirSync(path.join(other, 'node_modules/b/package.json'), { recursive: true });
    expect(() => readNodeTree(fs, other)).toThrow(
      /node_modules\/b\/package\.json can't be read: it is not a regular/,
    );
  });

  test('K-02: a folder or manifest that may not be read is a disk failure, not an empty list', () => {
    const root = packageTree({ 'node_modules/a': a1 });
    const denied = (at: string) => Object.assign(new Error('denied'), { code: 'EACCES', path: at });
    const refusing = (call: 'readdirSync' | 'statSync', part: string) => ({
      ...fs,
      [call]: (place: string, ...rest: never[]) => {
        if (place.endsWith(part)) throw denied(place);
        return Reflect.apply(fs[call], fs, [place, ...rest]);
      },
    });
    expect(() => readNodeTree(refusing('readdirSync', 'node_modules') as typeof fs, root)).toThrow(
      expect.objectContaining({ code: 'DISK_DENIED' }),
    );
    expect(() => readNodeTree(refusing('statSync', 'a/package.json') as typeof fs, root)).toThrow(
      expect.objectContaining({ code: 'DISK_DENIED' }),
    );
  });
});

describe('hashes and aliases', () => {
  const hash = (letter: string) => `sha512-${letter.repeat(86)}==`;

  test('K-01: the hash is what npm recorded, where the record means the same package and version', () => {
    const root = packageTree({
      'node_modules/a': a1,
      'node_modules/b': { name: 'b', version: '2.0.0' },
      'node_modules/c': { name: 'real', version: '1.0.0' },
      'node_modules/d': { name: 'd', version: '1.0.0' },
      'node_modules/e': { name: 'e', version: '1.0.0' },
    });
    const record = (packages: object) =>
      writeFiles(root, { 'node_modules/.package-lock.json': { packages } });
    record({
      'node_modules/a': { version: '1.0.0', integrity: hash('A') },
      'node_modules/b': { version: '1.9.0', integrity: hash('B') },
      'node_modules/c': { name: 'real', version: '1.0.0', integrity: `sha1-x ${hash('C')}` },
      'node_modules/d': { version: '1.0.0', integrity: 'sha512-short' },
      'node_modules/e': { name: 'other', version: '1.0.0', integrity: hash('E') },
    });
    const found = readNodeTree(fs, root).packages.map(({ place, integrity }) => [
      String(place).slice(13),
      integrity,
    ]);
    expect(Object.fromEntries(found)).toEqual({ a: hash('A'), b: null, c: hash('C'), d: null, e: null });
    writeFileSync(path.join(root, 'node_modules/.package-lock.json'), '{');
    expect(() => readNodeTree(fs, root)).toThrow(/\.package-lock\.json is unreadable: it is not JSON/);
  });

  test('K-01: an alias is imported by the name of its folder; the outer one counts', () => {
    const root = packageTree({
      'node_modules/old': {
        name: 'a',
        version: '1.0.0',
        exports: { '.': './index.js', './sub': './index.js' },
      },
      'node_modules/b': { name: 'b', version: '1.0.0' },
      'node_modules/b/node_modules/old': { name: 'c', version: '1.0.0' },
    });
    const { packages, aliases } = readNodeTree(fs, root);
    expect(aliases).toEqual({ old: 'a@1.0.0' });
    expect(packages.find(({ name }) => name === 'a')?.modules).toEqual(['old', 'old/sub']);
  });

  test('K-01: imports of the runtime lead where an import of Node leads; of other packages they are their own', () => {
    const imports = {
      '#plain': './plain.js',
      '#dual': { types: './x.d.ts', browser: './b.js', require: './r.cjs', import: './i.js' },
      '#first': [null, { node: './n.js' }],
      '#closed': null,
      '#none': { browser: './b.js' },
      '#dep': 'a/sub',
      plain: './no.js',
      '#all/*': './all/*.js',
      '#__proto__': './p.js',
    };
    const root = packageTree({
      '.': { name: 'runtime', version: '1.0.0', imports },
      'node_modules/a': { ...a1, imports: { '#own': './own.js' } },
    });
    expect(readNodeTree(fs, root).aliases).toEqual({
      '#plain': './plain.js',
      '#dual': './i.js',
      '#first': './n.js',
      '#dep': 'a/sub',
      '#all/*': './all/*.js',
      '#__proto__': './p.js',
    });
  });
});

describe("this repository's own packages", () => {
  test('K-01: are those that npm recorded as installed, with their hashes', () => {
    const root = path.resolve(import.meta.dirname, '../../..');
    const record = JSON.parse(readFileSync(path.join(root, 'node_modules/.package-lock.json'), 'utf8'));
    const recorded = Object.entries<{ version: string; integrity?: string; link?: boolean }>(record.packages)
      .filter(([place, { link }]) => link !== true && fs.existsSync(path.join(root, place, 'package.json')))
      .map(([place, { version, integrity }]) => ({ place, version, integrity: integrity ?? null }));
    const found = readNodeTree(fs, root)
      .packages.filter(({ place }) => place !== '.')
      .map(({ place, version, integrity }) => ({ place, version, integrity }));
    const byPlace = (a: { place: string | null }, b: { place: string | null }) =>
      String(a.place) < String(b.place) ? -1 : 1;
    expect(found.length).toBeGreaterThan(300);
    expect(found.sort(byPlace)).toEqual(recorded.sort(byPlace));
  });
});
