import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJoinedPackages } from '#src/core-lock/joined-packages.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { type Files, packageTree } from './package-tree.ts';

const joined = (name: string, version: string, modules: readonly string[]) => ({
  ...{ ecosystem: 'npm', name, version, integrity: null, place: null },
  modules,
});

const read = (content: string | object, packages: Files = {}, file = 'dist/meta.json') => {
  const root = packageTree({}, { [file]: content, ...packages });
  return readJoinedPackages(fs, path.join(root, file));
};

const manifest = (place: string, name: string, version: string): Files => ({
  [`${place}/package.json`]: { name, version },
});

describe('packages that are joined into files', () => {
  test('K-01: a list of names and versions, each once', () => {
    const list = [
      { name: 'a', version: '1.0.0' },
      { name: '@s/b', version: '2.0.0' },
      { name: 'a', version: '1.0.0' },
    ];
    expect(read(list)).toEqual([joined('a', '1.0.0', ['a']), joined('@s/b', '2.0.0', ['@s/b'])]);
  });

  test("K-01: a metafile's packages, nested and linked ones too, with what the files asked for", () => {
    const imports = [
      { path: 'node_modules/a/index.js', kind: 'import-statement', original: 'a' },
      { path: 'node_modules/a/sub.js', kind: 'require-call', original: 'a/sub' },
      { path: 'node_modules/a/in.js', kind: 'require-call', original: './in.js' },
      { path: 'node_modules/gone/index.js', kind: 'import-statement', original: 'gone' },
    ];
    const kept = [
      'src/main.js',
      'node_modules/a/index.js',
      'node_modules/a/sub.js',
      'node_modules/a/in.js',
      'node_modules/@s/b/lib/x.js',
      'node_modules/@s/b/node_modules/a/index.js',
      'node_modules/.pnpm/c@3.0.0/node_modules/c/c.js',
      'node_modules/old/index.js',
      '(disabled):node_modules/none/index.js',
      '(disabled):../node_modules/none/index.js',
      'ns:virtual',
    ];
    const meta = {
      inputs: { 'src/main.js': { bytes: 1, imports } },
      outputs: {
        'dist/main.js.map': { bytes: 1, inputs: {} },
        'dist/main.js': {
          inputs: {
            ...Object.fromEntries(kept.map(input => [input, { bytesInOutput: 1 }])),
            'node_modules/gone/index.js': { bytesInOutput: 0 },
          },
        },
      },
    };
    const found = read(meta, {
      ...manifest('node_modules/a', 'a', '1.0.0'),
      ...manifest('node_modules/@s/b', '@s/b', '2.0.0'),
      ...manifest('node_modules/@s/b/node_modules/a', 'a', '0.9.0'),
      ...manifest('node_modules/.pnpm/c@3.0.0/node_modules/c', 'c', '3.0.0'),
      ...manifest('node_modules/old', 'real', '5.0.0'),
    });
    const byName = found.toSorted((one, other) =>
      `${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1,
    );
    expect(byName).toEqual([
      joined('@s/b', '2.0.0', ['@s/b']),
      joined('a', '0.9.0', ['a']),
      joined('a', '1.0.0', ['a', 'a/sub']),
      joined('c', '3.0.0', ['c']),
      joined('real', '5.0.0', ['old']),
    ]);
  });

  const input = (name: string) => ({
    inputs: {},
    outputs: { 'x.js': { inputs: { [name]: { bytesInOutput: 1 } } } },
  });

  test('K-02: what can not be told for certain is an error that names the file', () => {
    expect(() => read({})).toThrow(/meta\.json does not say which packages are joined: it has no outputs/);
    expect(() => read('{')).toThrow(/it is not JSON/);
    expect(() => read([{ name: 'a' }])).toThrow(/entry 1 has no name and version/);
    expect(() => read([{ name: '../a', version: '1.0.0' }])).toThrow(/entry 1 has no name and version/);
    expect(() => readJoinedPackages(fs, '/nowhere/meta.json')).toThrow(/there is no such file/);
    expect(() => read(input('node_modules/a/index.js'))).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_INVALID',
        message: 'node_modules/a/package.json, of which node_modules/a/index.js was joined, is not there',
      }),
    );
  });

  test.each([
    ['it is an analysis by rolldown', { meta: { bundler: 'rolldown' }, chunks: [], modules: [] }],
    ["it is Vite's manifest", { 'src/main.js': { file: 'main.js', isEntry: true } }],
    ['it has the statistics of webpack', { assets: [], chunks: [], modules: [] }],
    ['it has no inputs', { outputs: {} }],
  ])('K-02: what other bundlers write is refused by its name: %s', (reason, content) => {
    expect(() => read(content)).toThrow(`meta.json does not say which packages are joined: ${reason}`);
  });

  test('K-01: a path of Windows is a path', () => {
    const packages = manifest('node_modules/a', 'a', '1.0.0');
    expect(read(input('node_modules\\a\\lib\\x.js'), packages)).toEqual([joined('a', '1.0.0', ['a'])]);
  });
});
