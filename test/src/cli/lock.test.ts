import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { interpreters } from '../../support/natives/interpreters.ts';
import { packageTree, writeFiles } from '../core-lock/package-tree.ts';
import { json, runCli } from './command-line.ts';

const newest = interpreters().findLast(({ version }) => !/^3\.[67]\./.test(version));

let dir: string;
beforeEach(() => {
  dir = packageTree({
    app: { name: 'runtime', version: '3.0.0', exports: './index.js' },
    'app/node_modules/a': { name: 'a', version: '1.0.0' },
    'app/node_modules/old': { name: 'b', version: '2.0.0' },
    'app/node_modules/nameless': { version: '1.0.0' },
  });
});
const run = (...args: readonly string[]) => runCli(['lock', ...args], { cwd: dir });
const wrote = () => run('write', 'app', '--out', 'out/lock.json');

describe('stagedoor lock', () => {
  test('K-01: write says what is locked and what is left out; twice the same bytes, and nothing beside the file', async () => {
    const first = await wrote();
    const text = readFileSync(path.join(dir, 'out/lock.json'), 'utf8');
    expect(first).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        `3 packages (3 of npm, 0 of Python, 0 joined into files) are locked in ${path.join(dir, 'out/lock.json')}`,
        'left out:',
        'node_modules/nameless  it has no name',
        '',
      ].join('\n'),
    });
    const again = json(await run('write', 'app', '--out', 'out/lock.json', '--json'));
    expect(again).toMatchObject({ outcome: 'written', packages: 3, npm: 3, python: 0, joined: 0 });
    expect(again).toMatchObject({ leftOut: [{ place: 'node_modules/nameless', reason: 'it has no name' }] });
    expect(readFileSync(path.join(dir, 'out/lock.json'), 'utf8')).toBe(text);
    expect(readdirSync(path.join(dir, 'out'))).toEqual(['lock.json']);
  });

  test('K-01: check is silent about the same tree, and ends with 1 and each difference for another', async () => {
    await wrote();
    const check = ['check', 'app', '--lock', 'out/lock.json'];
    expect(await run(...check)).toMatchObject({ code: 0, stdout: 'The tree is what its lock says.\n' });
    writeFiles(dir, {
      'app/node_modules/a/package.json': { name: 'a', version: '1.1.0' },
      'app/node_modules/c/package.json': { name: 'c', version: '1.0.0' },
    });
    rmSync(path.join(dir, 'app/node_modules/old'), { recursive: true });
    expect(await run(...check)).toEqual({
      code: 1,
      stderr: '',
      stdout: [
        'The tree differs from its lock in 4 points:',
        'a (node_modules/a): 1.0.0 is locked, 1.1.0 is there',
        'b (node_modules/old): 2.0.0 is locked and not there',
        'c (node_modules/c): 1.0.0 is there and not locked',
        'old: stood for b@2.0.0, stands for nothing',
        '',
      ].join('\n'),
    });
    const told = await run(...check, '--json');
    expect(told.code).toBe(1);
    expect(json(told)).toMatchObject({
      outcome: 'different',
      unseen: 0,
      differences: [
        { kind: 'version', name: 'a', locked: '1.0.0', found: '1.1.0' },
        { kind: 'missing', name: 'b' },
        { kind: 'added', name: 'c' },
        { kind: 'alias', name: 'old' },
      ],
    });
  });

  test('K-01: what is joined into files is locked with a metafile, and is checked only with one', async () => {
    writeFiles(dir, { 'list.json': [{ name: 'd', version: '4.0.0' }], 'empty.json': [] });
    await run('write', 'app', '--out', 'lock.json', '--metafile', 'list.json');
    const check = ['check', 'app', '--lock', 'lock.json'];
    expect(await run(...check)).toMatchObject({
      code: 0,
      stdout:
        'The tree is what its lock says.\nNot looked at without --metafile: 1 package joined into files.\n',
    });
    expect(await run(...check, '--metafile', 'list.json')).toMatchObject({ code: 0 });
    expect(await run(...check, '--metafile', 'empty.json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('d: 4.0.0 is locked and not there'),
    });
  });

  test('K-08: distributions of Python are locked beside the packages of npm, or alone from their own folder', async () => {
    const info = {
      METADATA: 'Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.5\n\n',
      'top_level.txt': 'foo\n',
    };
    const files = Object.entries(info).map(([name, text]) => [
      `app/site-packages/Foo_Bar-1.5.dist-info/${name}`,
      text,
    ]);
    writeFiles(dir, Object.fromEntries(files));
    const told = await run('write', 'app', '--out', 'lock.json', '--json');
    expect(json(told)).toMatchObject({ outcome: 'written', npm: 3, python: 1, packages: 4 });
    const python = {
      ecosystem: 'python',
      name: 'foo-bar',
      version: '1.5',
      integrity: null,
      modules: ['foo'],
    };
    const place = 'Foo_Bar-1.5.dist-info';
    const packagesIn = async (file: string) => Object(json(await run('show', file, '--json'))).packages;
    expect(await packagesIn('lock.json')).toContainEqual({ ...python, place: `site-packages/${place}` });
    expect((await run('check', 'app', '--lock', 'lock.json')).code).toBe(0);
    await run('write', 'app/site-packages', '--out', 'alone.json');
    expect(await packagesIn('alone.json')).toEqual([{ ...python, place }]);
  });

  test('K-08: constraints are what pip takes, sorted, the same bytes each time, of Python alone', async () => {
    const python = (name: string, version: string) => ({
      [`app/site-packages/${name}-${version}.dist-info/METADATA`]: `Name: ${name}\nVersion: ${version}\n`,
    });
    writeFiles(dir, {
      ...python('Zope.Interface', '5.4'),
      ...python('Foo_Bar', '1.5+local.1'),
      ...python('old', '2004d-final'),
    });
    await wrote();
    const lines = 'foo-bar==1.5+local.1\nzope-interface==5.4\n';
    expect(await run('constraints', 'out/lock.json')).toEqual({ code: 0, stderr: '', stdout: lines });
    const file = path.join(dir, 'constraints.txt');
    expect(await run('constraints', 'out/lock.json', '--out', 'constraints.txt')).toMatchObject({
      code: 0,
      stdout: `2 constraints for pip and uv in ${file}\nno version by PEP 440: old 2004d-final\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe(lines);
    expect(json(await run('constraints', 'out/lock.json', '--json'))).toEqual({
      outcome: 'ok',
      file: path.join(dir, 'out/lock.json'),
      out: null,
      constraints: lines.trim().split('\n'),
      leftOut: [{ name: 'old', version: '2004d-final' }],
    });
  });

  test.skipIf(newest === undefined)(
    'K-03: with a Python as --exec it is run, and each way in which that fails is told',
    async () => {
      const info = 'app/site-packages/Foo_Bar-1.5.dist-info';
      writeFiles(dir, {
        [`${info}/METADATA`]: 'Name: Foo_Bar\nVersion: 1.5\n',
        [`${info}/top_level.txt`]: 'foo\n',
      });
      await wrote();
      const text = readFileSync(path.join(dir, 'out/lock.json'), 'utf8');
      const by = (exec: string) => run('write', 'app', '--out', 'run.json', '--exec', exec);
      expect(await by(newest?.exec ?? '')).toMatchObject({ code: 0 });
      expect(readFileSync(path.join(dir, 'run.json'), 'utf8')).toBe(text);
      rmSync(path.join(dir, 'run.json'));
      const broken = path.join(dir, 'python3');
      const failing = async (work: string | null): Promise<string> => {
        if (work === null) rmSync(broken);
        else writeFileSync(broken, `#!/bin/sh\n${work}\n`, { mode: 0o755 });
        const { code, stderr } = await by(broken);
        expect(code).toBe(1);
        return stderr;
      };
      expect(await failing('echo no >&2; exit 3')).toContain('ended with exit code 3; it printed: no');
      expect(await failing('kill -9 $$')).toContain('was ended by the signal SIGKILL');
      expect(await failing('exit 0')).toContain('printed no result');
      expect(await failing(null)).toContain('SPAWN_FAILED');
      expect(readdirSync(dir)).not.toContain('run.json');
      expect(await by(process.execPath)).toMatchObject({ code: 0 });
    },
  );

  test('K-01: show prints what a lock holds', async () => {
    await wrote();
    expect(await run('show', 'out/lock.json')).toMatchObject({
      code: 0,
      stdout: [
        '3 packages, 1 alias',
        'a 1.0.0        node_modules/a  2 modules',
        'b 2.0.0        node_modules/old  2 modules',
        'runtime 3.0.0  .  1 module',
        'old            → b@2.0.0',
        '',
      ].join('\n'),
    });
    const { outcome, file, ...lock } = Object(json(await run('show', 'out/lock.json', '--json')));
    expect([outcome, file]).toEqual(['ok', path.join(dir, 'out/lock.json')]);
    expect(lock).toEqual(JSON.parse(readFileSync(path.join(dir, 'out/lock.json'), 'utf8')));
  });

  test('K-07: a lock that is none, and a folder without packages, are failures with a hint', async () => {
    writeFileSync(path.join(dir, 'bad.json'), '{"schema": 2}');
    writeFiles(dir, { 'empty/readme.md': '' });
    const failing = async (...args: readonly string[]) => {
      const { code, stdout } = await run(...args, '--json');
      return [code, Object(json({ code, stdout, stderr: '' })).error.message];
    };
    expect(await failing('show', 'bad.json')).toEqual([
      1,
      `the core lock ${path.join(dir, 'bad.json')} can't be used: its schema is 2, not 1`,
    ]);
    expect(await failing('check', 'app', '--lock', 'gone.json')).toEqual([
      1,
      `the core lock ${path.join(dir, 'gone.json')} can't be used: there is no such file`,
    ]);
    expect(await failing('write', 'empty', '--out', 'x.json')).toEqual([
      1,
      `${path.join(dir, 'empty')} can't be locked: it holds no package`,
    ]);
    expect(await failing('write', 'gone', '--out', 'x.json')).toEqual([
      1,
      `${path.join(dir, 'gone')} can't be locked: there is no such folder`,
    ]);
    expect(readdirSync(dir)).not.toContain('x.json');
  });

  test.each([
    [['lift'], '"lift" is nothing that lock does'],
    [['write', '--out', 'x'], 'the folder of the runtime is missing'],
    [['write', 'app'], '--out is required here'],
    [['write', 'app', 'b', '--out', 'x'], 'lock write takes one path'],
    [['check', 'app'], '--lock is required here'],
    [['show'], 'the file of the lock is missing'],
    [['constraints'], 'the file of the lock is missing'],
  ])('wrong usage: %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `stagedoor: ${message}`]);
  });
});
