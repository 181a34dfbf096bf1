import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPythonByRunning } from '#src/core-lock/python-run.js';
import { readPythonTree } from '#src/core-lock/python-tree.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { type Interpreter, interpreters } from '../../support/natives/interpreters.ts';
import { writeWheel } from '../../support/natives/wheels.ts';

const minorOf = ({ version }: Interpreter): number => Number(version.split('.')[1]);
const all = interpreters();
const able = all.filter(one => minorOf(one) >= 8);
const old = all.filter(one => minorOf(one) < 8);
const newest = able.toSorted((a, b) => minorOf(b) - minorOf(a))[0];
if (all.length === 0) console.log('skipped: there is no CPython here');

const read = (dir: string) => readPythonTree(nodeFileSystem, dir);

/** Where its own packages lie; a system's interpreter has another folder than `sysconfig` says. */
const ownPackages = (exec: string): string => {
  const question = 'import os, pip; print(os.path.dirname(os.path.dirname(os.path.abspath(pip.__file__))))';
  return execFileSync(exec, ['-c', question], { encoding: 'utf8' }).trim();
};

test.each(able)('K-08: both ways agree on the site-packages of CPython $version', async ({ exec }) => {
  const dir = ownPackages(exec);
  const found = read(dir);
  expect(await readPythonByRunning({ exec, dir })).toEqual(found);
  expect(found.find(({ name }) => name === 'pip')?.modules).toEqual(['pip']);
});

test.each(old)(
  'CPython $version reads no distributions, and says so; its folder is read as it is',
  async ({ exec }) => {
    const dir = ownPackages(exec);
    expect(read(dir).map(({ name }) => name)).toEqual(['pip', 'setuptools']);
    const failure = await readPythonByRunning({ exec, dir }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'BUNDLED_INVALID',
      message: expect.stringMatching(/exit code 1; it printed: Python 3\.[67] has no importlib\.metadata/),
    });
  },
);

/** What pip installs here: a package, a module, a compiled one, and two parts of a namespace. */
const writeWheels = (folder: string): readonly string[] =>
  [
    { name: 'Whole_Thing', tag: 'py3-none-any', files: [{ name: 'whole/__init__.py', bytes: '' }] },
    { name: 'single', tag: 'py3-none-any', files: [{ name: 'single.py', bytes: '' }] },
    { name: 'quick', tag: 'py3-none-any', files: [{ name: '_quick.abi3.so', bytes: '\0' }] },
    { name: 'space.one', tag: 'py3-none-any', files: [{ name: 'space/one.py', bytes: '' }] },
    {
      name: 'space.two',
      tag: 'py3-none-any',
      files: [{ name: 'space/two.py', bytes: '' }],
      scripts: 'two = space.two:main',
    },
  ].map(wheel => writeWheel(folder, wheel).file);

test.each(all)(
  'K-08: both ways agree on what pip of CPython $version has installed',
  async one => {
    const [wheels, dir] = [temporaryFolder(), path.join(temporaryFolder(), 'site-packages')];
    const pip = ['-m', 'pip', 'install', '--no-index', '--no-deps', '--target', dir];
    execFileSync(one.exec, [...pip, ...writeWheels(wheels)], { stdio: 'pipe' });
    const found = read(dir);
    expect(found.map(({ name, modules }) => [name, modules])).toEqual([
      ['quick', ['_quick']],
      ['single', ['single']],
      ['space-one', ['space.one']],
      ['space-two', ['space.two']],
      ['whole-thing', ['whole']],
    ]);
    const reader = minorOf(one) >= 8 ? one : newest;
    if (reader !== undefined) expect(await readPythonByRunning({ exec: reader.exec, dir })).toEqual(found);
  },
  60_000,
);

const put = (dir: string, files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), bytes);
  }
};

test.each(able)('both ways agree on odd metadata, by CPython $version', async ({ exec }) => {
  const dir = temporaryFolder();
  put(dir, {
    'a-1.dist-info/METADATA': '\uFEFFSummary: x\n Name: y\nNAME:\n  Right.Name\nVersion: 1\n\nName: z\n',
    'a-1.dist-info/RECORD': '"quoted/a,b.py",,\r\nsingle.py,,\r\n',
    'a-2.dist-info/METADATA': 'Name: right_name\nVersion: 2\nAuthor: \n',
    'a-2.dist-info/top_level.txt': Buffer.from([0xe9]),
    'b.dist-info/METADATA': Buffer.from('Name: b\nAuthor: \xe9\nVersion: 1\n', 'latin1'),
    'empty-1.dist-info/INSTALLER': 'pip',
    'nameless-1.dist-info/METADATA': 'Version: 1\n',
    'old-1-py3.egg-info/PKG-INFO': 'Name: old\nVersion: 1\n',
    'old-1-py3.egg-info/installed-files.txt': '../old/__init__.py\n',
    'older-1.egg-info': 'Name: older\nVersion: 1\n',
    '~rest-1.dist-info/METADATA': 'Name: rest\nVersion: 1\n',
    'pip/_vendor/in-1.dist-info/METADATA': 'Name: inner\nVersion: 1\n',
    '__editable__.ed-1.pth': '/nowhere',
    'ed-1.dist-info/METADATA': 'Name: ed\nVersion: 1\n',
    'ed-1.dist-info/direct_url.json': '{"dir_info":{"editable":true},"url":"file:///nowhere"}',
    'ed-1.dist-info/RECORD': '__editable__.ed-1.pth,,\n__editable___ed_1_finder.py,,\n',
  });
  const found = read(dir);
  expect(await readPythonByRunning({ exec, dir })).toEqual(found);
  expect(found.map(({ name, version }) => `${name} ${version}`)).toEqual([
    'b 1',
    'ed 1',
    'old 1',
    'older 1',
    'right-name 1',
    'right-name 2',
  ]);
});

test.each(able.slice(0, 1))(
  'nothing of the folder runs, and a list that is a folder is an error',
  async ({ exec }) => {
    const [dir, seen] = [temporaryFolder(), path.join(temporaryFolder(), 'seen')];
    const spy = `open(${JSON.stringify(seen)}, 'w')`;
    put(dir, { 'json.py': spy, 'sitecustomize.py': spy, 'x.pth': `import os; ${spy}` });
    expect(await readPythonByRunning({ exec, dir })).toEqual([]);
    expect(nodeFileSystem.existsSync(seen)).toBe(false);
    put(dir, { 'a-1.dist-info/top_level.txt/x': '', 'a-1.dist-info/METADATA': 'Name: a\nVersion: 1\n' });
    await expect(readPythonByRunning({ exec, dir })).rejects.toThrow(
      /exit code 1; it printed: .*top_level.txt/,
    );
    const gone = path.join(dir, 'none');
    await expect(readPythonByRunning({ exec, dir: gone })).rejects.toThrow(
      /exit code 1; it printed: .*FileNotFound/,
    );
  },
);

test.skipIf(process.platform === 'win32').each(able.slice(0, 1))(
  "a .pth in the interpreter's own packages does not run",
  async ({ exec }) => {
    const [folder, seen] = [temporaryFolder(), path.join(temporaryFolder(), 'seen')];
    execFileSync(exec, ['-m', 'venv', '--without-pip', folder]);
    const own = path.join(folder, 'bin', 'python');
    const question = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';
    const dir = execFileSync(own, ['-c', question], { encoding: 'utf8' }).trim();
    put(dir, { 'x.pth': `import os; open(${JSON.stringify(seen)}, 'w')\n` });
    expect(await readPythonByRunning({ exec: own, dir })).toEqual([]);
    expect(nodeFileSystem.existsSync(seen)).toBe(false);
    execFileSync(own, ['-c', '']);
    expect(nodeFileSystem.existsSync(seen)).toBe(true);
  },
);

/** A real program in the place of an interpreter. */
const program = (text: string): string => {
  const exec = path.join(temporaryFolder(), 'python');
  writeFileSync(exec, `#!/bin/sh\n${text}\n`);
  chmodSync(exec, 0o755);
  return exec;
};

const failures = [
  ['an exit code', 'echo words >&2; exit 7', /ended with exit code 7; it printed: words$/],
  ['an exit code, with words on the output', 'echo words; exit 1', /exit code 1; it printed: words$/],
  ['an exit code, without words', 'exit 2', /exit code 2; it printed nothing$/],
  ['a signal', 'echo words >&2; kill -TERM $$', /was ended by the signal SIGTERM; it printed: words$/],
  ['its time being over', 'exec tail -f /dev/null', /did not end in time; it printed nothing$/],
  ['no result', 'exit 0', /printed no result$/],
  ['blanks', 'echo', /printed no result$/],
  ['no JSON', `echo '{"distributions": ['`, /printed something that is no result$/],
  ['other JSON', `echo '[1]'`, /printed something that is no result$/],
  ['no distribution', `echo '{"distributions": [{"place": 1}]}'`, /printed a distribution that is none$/],
] as const;

test.skipIf(process.platform === 'win32').each(failures)(
  'K-03: an interpreter fails by %s, with its name and the name of the script',
  async (_, text, message) => {
    const exec = program(text);
    const question = { exec, dir: temporaryFolder(), limitMs: text.includes('tail') ? 300 : 20_000 };
    const error: unknown = await readPythonByRunning(question).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'BUNDLED_INVALID', message: expect.stringMatching(message) });
    expect(String(error)).toContain(exec);
    expect(String(error)).toContain('read_distributions.py');
  },
);

test('K-03: an interpreter that can not be started is told apart', async () => {
  const exec = path.join(temporaryFolder(), 'no-python');
  const error: unknown = await readPythonByRunning({ exec, dir: '.' }).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'SPAWN_FAILED' });
  expect(String(error)).toMatch(/no-python could not be started to run .*read_distributions\.py/);
});
