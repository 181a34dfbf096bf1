import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPythonTree } from '#src/core-lock/python-tree.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';

type Files = Readonly<Record<string, string | Buffer>>;

const head = (name: string, version = '1.0'): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

const site = (files: Files): string => {
  const dir = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return dir;
};

const read = (dir: string) => readPythonTree(nodeFileSystem, dir);
const readFiles = (files: Files) => read(site(files));
const modulesOf = (record: string) =>
  readFiles({ 'a-1.dist-info/METADATA': head('a'), 'a-1.dist-info/RECORD': record })[0]?.modules;

test('K-08: a distribution has its canonical name, version, place and what top_level.txt says', () => {
  const files = {
    'Foo.Bar_Baz-1.0.dist-info/METADATA': head('Foo._Bar--Baz'),
    'Foo.Bar_Baz-1.0.dist-info/top_level.txt': 'zeta\r\n_alpha\nzeta\n',
    'Foo.Bar_Baz-1.0.dist-info/RECORD': 'other.py,,\n',
  };
  expect(readFiles(files)).toEqual([
    {
      ecosystem: 'python',
      name: 'foo-bar-baz',
      version: '1.0',
      integrity: null,
      place: 'Foo.Bar_Baz-1.0.dist-info',
      modules: ['_alpha', 'zeta'],
    },
  ]);
});

test('K-08: without top_level.txt, or with an empty one, the modules are derived from RECORD', () => {
  const record = [
    'single.py,sha256=x,1',
    'pack/__init__.py,,',
    'space/inner/deep.py,,',
    'fast.cpython-313-x86_64-linux-gnu.so,,',
    'limited.abi3.so,,',
    'win.cp313-win_amd64.pyd,,',
    'bare.so,,',
    '"comma,""d/a.py",,',
    '"quoted/a,b.py",,',
    'pack/data.json,,',
    'data/only.txt,,',
    '__pycache__/single.cpython-313.pyc,,',
    '__editable___a_finder.py,,',
    '../../bin/tool.py,,',
    'a-1.dist-info/RECORD,,',
    'foo-stubs/__init__.py,,',
    'λ.py,,',
  ].join('\r\n');
  const expected = ['bare', 'fast', 'limited', 'pack', 'quoted', 'single', 'space', 'win', 'λ'];
  expect(modulesOf(record)).toEqual(expected);
  const empty = {
    'a-1.dist-info/METADATA': head('a'),
    'a-1.dist-info/RECORD': record,
    'a-1.dist-info/top_level.txt': '\n',
  };
  expect(readFiles(empty)[0]?.modules).toEqual(expected);
});

test('K-08: of a namespace, new or old, a distribution has what it has in it and not the name', () => {
  const files = {
    'space/one/__init__.py': '',
    'space/two.py': '',
    'space/deep/three/__init__.py': '',
    'old/__init__.py': '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
    'old/part.py': '',
    'oldest/__init__.py': '__import__("pkg_resources").declare_namespace(__name__)\n',
    'oldest/part/__init__.py': '',
    'plain/__init__.py': 'from .part import extend\n',
    'compiled/__init__.cpython-313-x86_64-linux-gnu.so': '\0',
    'a-1.dist-info/METADATA': head('a'),
    'a-1.dist-info/top_level.txt': 'space\nold\noldest\nplain\ncompiled\n',
    'b-1.dist-info/METADATA': head('b'),
    'c-1.dist-info/METADATA': head('c'),
    'c-1.dist-info/top_level.txt': 'space\n',
  };
  const [a, b] = ['space/one/__init__.py', 'space/two.py'];
  const rest = ['space/deep/three/__init__.py', 'old/__init__.py', 'old/part.py'];
  const more = ['oldest/__init__.py', 'oldest/part/__init__.py', 'plain/part.py'];
  const record = (names: readonly string[]) => names.map(name => `${name},,\n`).join('');
  const found = readFiles({
    ...files,
    'a-1.dist-info/RECORD': record([a, ...rest, ...more]),
    'b-1.dist-info/RECORD': record([b, 'space/data.txt']),
  });
  expect(found.map(({ modules }) => modules)).toEqual([
    ['compiled', 'old.part', 'oldest.part', 'plain', 'space.deep.three', 'space.one'],
    ['space.two'],
    ['space'],
  ]);
});

test('K-08: where top_level.txt says it, no list of files is read', () => {
  const dir = site({ 'a-1.dist-info/METADATA': head('a'), 'a-1.dist-info/top_level.txt': 'a\n' });
  mkdirSync(path.join(dir, 'a-1.dist-info/RECORD'));
  expect(read(dir)[0]?.modules).toEqual(['a']);
});

test('K-08: egg-info counts as a folder and as a single file, with what old installers have listed', () => {
  const found = readFiles({
    'old-1.0-py3.6.egg-info/PKG-INFO': head('old'),
    'old-1.0-py3.6.egg-info/installed-files.txt': '../old/__init__.py\n../old_one.py\nPKG-INFO\n',
    'older-2.egg-info': head('older', '2'),
  });
  expect(found.map(({ name, modules }) => [name, modules])).toEqual([
    ['old', ['old', 'old_one']],
    ['older', []],
  ]);
});

test('K-02: what has no name or no version is left out, and so is what an interrupted pip has left', () => {
  const found = readFiles({
    'a-1.dist-info/METADATA': 'Name: a\n',
    'b-1.dist-info/METADATA': 'Version: 1\n',
    'c-1.dist-info/METADATA': head('../c'),
    'd-1.dist-info/METADATA': head('d', '1 2'),
    'e-1.dist-info/RECORD': 'e.py,,\n',
    'f-1.dist-info/METADATA': `Summary: x\n\nName: f\nVersion: 1\n`,
    '~g-1.dist-info/METADATA': head('g'),
    'pip/_vendor/h-1.dist-info/METADATA': head('h'),
    'kept-1.dist-info/METADATA': head('kept'),
  });
  expect(found.map(({ name }) => name)).toEqual(['kept']);
});

test('K-02: a module list is empty where there is none or it is no UTF-8', () => {
  const latin = Buffer.from('a\na.py,,\n\xe9\n', 'latin1');
  const found = readFiles({
    'a-1.dist-info/METADATA': head('a'),
    'b-1.dist-info/METADATA': head('b'),
    'b-1.dist-info/top_level.txt': latin,
    'b-1.dist-info/RECORD': latin,
    'c-1.dist-info/METADATA': head('c'),
    'c-1.dist-info/top_level.txt': latin,
    'c-1.dist-info/RECORD': 'c.py,,\n',
  });
  expect(found.map(({ modules }) => modules)).toEqual([[], [], ['c']]);
});

test('K-02: a module list that is a folder, a loop of links or too large is an error', () => {
  const bad = (spoil: (file: string) => void): string => {
    const dir = site({ 'a-1.dist-info/METADATA': head('a') });
    spoil(path.join(dir, 'a-1.dist-info/top_level.txt'));
    return dir;
  };
  const folder = bad(file => mkdirSync(file));
  const loop = bad(file => symlinkSync(file, file));
  const huge = bad(file => {
    writeFileSync(file, '');
    truncateSync(file, 2 ** 34);
  });
  expect(() => read(folder)).toThrow(/top_level\.txt can't be read: it is no regular file/);
  expect(() => read(loop)).toThrow(/top_level\.txt \(ELOOP\)/);
  expect(() => read(huge)).toThrow(/top_level\.txt can't be read: it is too large/);
});

test('METADATA may be folded, begin with a byte order mark, be no UTF-8 below, and say a header twice', () => {
  const found = readFiles({
    'a-1.dist-info/METADATA': Buffer.concat([
      Buffer.from('\uFEFFMetadata-Version: 2.1\r\nSummary: one\r\n Name: wrong\r\nNAME:\r\n  right\r\n'),
      Buffer.from('version: 1\r\nAuthor: '),
      Buffer.from([0xe9]),
      Buffer.from('\r\nName: second\r\n\r\nName: body\r\n'),
    ]),
  });
  expect(found).toMatchObject([{ name: 'right', version: '1' }]);
});

test('K-01: two versions of one are both there, and the order is that of a lock', () => {
  const names = ['B-2.dist-info', 'a_b-1.dist-info', 'A-10.dist-info', 'A-1.dist-info'];
  const files = Object.fromEntries(
    names.map(place => {
      const [, name = '', version = ''] = /^(.+)-(\d+)\./.exec(place) ?? [];
      return [`${place}/METADATA`, head(name, version)];
    }),
  );
  Object.assign(files, { 'z.dist-info/METADATA': head('a', '0') });
  const order = ['z.dist-info', 'A-1.dist-info', 'A-10.dist-info', 'a_b-1.dist-info', 'B-2.dist-info'];
  expect(readFiles(files).map(({ place }) => place)).toEqual(order);
  const reversed = Object.fromEntries(Object.entries(files).toReversed());
  expect(JSON.stringify(readFiles(reversed))).toBe(JSON.stringify(readFiles(files)));
});

test.skipIf(process.platform === 'win32')(
  'a folder with a name that means something else elsewhere is refused',
  () => {
    for (const name of ['a\nb-1.dist-info', 'a\\b-1.dist-info', 'c:b-1.dist-info'])
      expect(() => readFiles({ [`${name}/METADATA`]: head('a') })).toThrow(/means something else elsewhere/);
    const dir = temporaryFolder();
    mkdirSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff]), Buffer.from('-1.dist-info')]));
    expect(() => read(dir)).toThrow(/means something else elsewhere/);
  },
);

test('a record of quotes, and one with more modules than anybody has, cost neither stack nor an endless list', () => {
  expect(modulesOf('"'.repeat(16 * 2 ** 20))).toEqual([]);
  const many = Array.from({ length: 20_001 }, (_, index) => `m${index}.py,,`).join('\n');
  expect(() => modulesOf(many)).toThrow(/more than 20000 top-level modules/);
});

test('a folder that is missing is an error', () => {
  expect(() => read(path.join(temporaryFolder(), 'none'))).toThrow(/could not read the folder .*ENOENT/);
});
