import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  distribution,
  fill,
  lockedRuntime,
  runGuarded,
  saying,
  standardPlace,
} from '../../support/natives/guarded-python.ts';
import { interpreters } from '../../support/natives/interpreters.ts';
import { isFull } from '../../support/proof/run.ts';

const all = interpreters().toSorted((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
const pythons = isFull ? all : all.filter((_, index) => index === 0 || index === all.length - 1);
if (all.length === 0) console.log('skipped: the guard of Python, because there is no CPython here');

const own = (...names: readonly string[]) => saying('runtime', ...names);
const other = (...names: readonly string[]) => saying('elsewhere', ...names);

/** Prints the place of each module, or why it is not imported. */
const placesOf = (...names: readonly string[]): string => `
import importlib, json
def place(name):
    try:
        module = importlib.import_module(name)
        return getattr(module, "place", None) or (module.__file__ or "namespace")
    except ImportError as error:
        return type(error).__name__ + ": " + str(error)
print(json.dumps({name: place(name) for name in ${JSON.stringify(names)}}))`;

const standard = () => ({
  ...distribution('pydantic', '2.5.0', own('pydantic/__init__.py', 'pydantic/main.py')),
  ...distribution('single', '1.0', own('single.py')),
});

describe.each(pythons)('a runtime of Python $version under its core lock', ({ exec, version }) => {
  test('K-06: a locked module and all below it come from the runtime, whatever is on PYTHONPATH, in the current folder or in a plugin', () => {
    const { folder, lock } = lockedRuntime(standard());
    const names = ['pydantic/__init__.py', 'pydantic/main.py', 'pydantic/extra.py', 'single.py'];
    const [before, plugin] = ['before', 'plugin'].map(name => fill(path.join(folder, name), other(...names)));
    fill(plugin ?? '', other('helper.py'));
    const run = { exec, lock, path: [before ?? ''], plugins: { chart: plugin ?? '' } };
    const program = `import os, sys; os.chdir(${JSON.stringify(before)}); sys.path.insert(0, ${JSON.stringify(plugin)})
${placesOf('single', 'pydantic', 'pydantic.main', 'pydantic.extra', 'helper')}`;
    const { said, stderr } = runGuarded(run, program);
    expect(stderr).toBe('');
    expect(said).toEqual({
      single: 'runtime',
      pydantic: 'runtime',
      'pydantic.main': 'runtime',
      'pydantic.extra': expect.stringMatching(/^ModuleNotFoundError: /),
      helper: 'elsewhere',
    });
  });

  test('K-06: without the word of the launcher nothing is led, and plugins are there all the same', () => {
    const { folder, lock } = lockedRuntime(standard());
    const plugin = fill(path.join(folder, 'plugin'), other('single.py', 'helper.py'));
    const run = { exec, lock, plugins: { chart: plugin }, env: { STAGEDOOR_CORE_LOCK: '' } };
    expect(runGuarded(run, placesOf('single', 'helper')).said).toEqual({
      single: 'elsewhere',
      helper: 'elsewhere',
    });
  });

  test('K-06: plugins come last on sys.path, in their order', () => {
    const { folder, lock } = lockedRuntime(standard());
    const [one, two, mine] = ['one', 'two', 'mine'].map(name =>
      fill(path.join(folder, name), saying(name, 'both.py', 'mine_too.py')),
    );
    rmSync(path.join(mine ?? '', 'both.py'));
    const plugins = { b: one ?? '', a: two ?? '', c: 'not/absolute' };
    const program = `${placesOf('both', 'mine_too')}`;
    const { said } = runGuarded({ exec, lock, path: [mine ?? ''], plugins }, program);
    expect(said).toEqual({ both: 'one', mine_too: 'mine' });
    const tail = 'import json, sys; print(json.dumps(sys.path[-2:]))';
    expect(runGuarded({ exec, lock, plugins }, tail).said).toEqual([one, two]);
  });

  test("K-06: a plugin's sitecustomize and usercustomize never run by themselves; those that Python would have found do", () => {
    const { folder, lock } = lockedRuntime(standard());
    const told = (who: string): string =>
      `import os\nos.environ["TOLD"] = os.environ.get("TOLD", "") + "${who} "\n`;
    const plugin = fill(path.join(folder, 'plugin'), {
      'sitecustomize.py': told('plugin-site'),
      'usercustomize/__init__.py': told('plugin-user'),
    });
    const mine = fill(path.join(folder, 'mine'), {
      'sitecustomize.py': told('site'),
      'usercustomize.py': told('user'),
    });
    const part = path.join(folder, 'part');
    for (const name of ['sitecustomize', 'usercustomize'])
      mkdirSync(path.join(part, name), { recursive: true });
    const program = `
import json, os
try:
    import usercustomize
    asked = "taken"
except ImportError as error:
    asked = error.name
print(json.dumps([os.environ.get("TOLD"), asked]))`;
    const said = (...places: readonly string[]) =>
      runGuarded({ exec, lock, path: places, plugins: { chart: plugin } }, program);
    expect(said()).toEqual({ said: [null, 'usercustomize'], stderr: '' });
    expect(said(part).said).toEqual([null, 'taken']);
    expect(said(mine).said).toEqual(['site user ', 'taken']);
  });

  test('K-06: a look-alike in another case is not imported and says why; the own modules of the runtime are', () => {
    const { folder, runtime, lock } = lockedRuntime(standard());
    fill(runtime, own('Single.py'));
    const plugin = fill(path.join(folder, 'plugin'), other('Pydantic/__init__.py'));
    const run = { exec, lock, path: [runtime], plugins: { chart: plugin } };
    expect(runGuarded(run, placesOf('Pydantic', 'Single', 'SINGLE')).said).toEqual({
      Pydantic:
        'ImportError: Pydantic is not imported: only its case tells it from pydantic, which belongs to the runtime (pydantic 2.5.0)',
      Single: 'runtime',
      SINGLE: expect.stringMatching(/^ModuleNotFoundError: No module named/),
    });
  });

  test('K-06: of a namespace each has its own part, and nobody takes it over with a package of its name', () => {
    const { folder, site, lock } = lockedRuntime({
      ...distribution('google_auth', '2.0', own('google/auth/__init__.py', 'google/deep/inner.py')),
      ...distribution('google_one', '1.0', own('google/one.py')),
    });
    const names = [
      'google/auth/__init__.py',
      'google/one.py',
      'google/cloud/__init__.py',
      'google/deep/more.py',
    ];
    const plugin = fill(path.join(folder, 'plugin'), other(...names));
    const wanted = ['google.auth', 'google.one', 'google.cloud', 'google.deep.inner', 'google.deep.more'];
    const expected = {
      'google.auth': 'runtime',
      'google.one': 'runtime',
      'google.cloud': 'elsewhere',
      'google.deep.inner': 'runtime',
      'google.deep.more': 'elsewhere',
    };
    const run = { exec, lock, plugins: { chart: plugin } };
    expect(runGuarded(run, placesOf(...wanted)).said).toEqual(expected);
    fill(site, own('google/unlisted.py'));
    expect(runGuarded(run, placesOf('google.unlisted')).said).toEqual({ 'google.unlisted': 'runtime' });
    const greedy = fill(path.join(folder, 'greedy'), other('google/__init__.py', 'google/deep/__init__.py'));
    expect(runGuarded({ ...run, path: [greedy] }, placesOf(...wanted)).said).toEqual(expected);
    const shared = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
    const old = lockedRuntime(
      distribution('google_auth', '2.0', { 'google/__init__.py': shared, ...own('google/auth/__init__.py') }),
    );
    const both = runGuarded(
      { ...run, lock: old.lock, path: [greedy] },
      placesOf('google.auth', 'google.cloud'),
    );
    expect(both.said).toEqual({ 'google.auth': 'runtime', 'google.cloud': 'elsewhere' });
  });

  test("K-06: what Python has itself stays Python's own, in its own spelling, whatever is locked", () => {
    const { runtime, lock } = lockedRuntime({
      ...distribution('colors', '1.0', own('colorsys.py', 'sys.py', 'json/__init__.py')),
      ...distribution('queue_two', '1.0', own('Queue.py', 'Tkinter.py')),
    });
    const { said } = runGuarded(
      { exec, lock, path: [runtime] },
      placesOf('colorsys', 'json', 'queue', 'Queue'),
    );
    expect(said).toEqual({
      colorsys: standardPlace(exec, 'colorsys'),
      json: standardPlace(exec, 'json'),
      queue: standardPlace(exec, 'queue'),
      Queue: 'runtime',
    });
  });

  test('K-06: what the runtime has lost is not taken from a plugin', () => {
    const { folder, site, lock } = lockedRuntime(standard());
    rmSync(path.join(site, 'single.py'));
    const plugin = fill(path.join(folder, 'plugin'), other('single.py'));
    expect(runGuarded({ exec, lock, plugins: { chart: plugin } }, placesOf('single')).said).toEqual({
      single:
        "ImportError: single belongs to the runtime (single 1.0), which does not have it; a plugin's copy is not used",
    });
    // A developer's runtime has its sources elsewhere.
    const sources = fill(path.join(folder, 'sources'), saying('sources', 'single.py'));
    expect(runGuarded({ exec, lock, path: [sources] }, placesOf('single')).said).toEqual({
      single: 'sources',
    });
  });

  test('K-07: a lock that can not be used is one line, and everything is as before', () => {
    const { folder, lock } = lockedRuntime(standard());
    const elsewhere = fill(path.join(folder, 'elsewhere'), other('single.py'));
    const outside = '{"ecosystem": "python", "name": "a", "version": "1", "place": "../a", "modules": []}';
    const texts = [
      '{',
      '[]',
      '{"schema": 2, "packages": []}',
      '{"schema": 1}',
      `{"schema": 1, "packages": [${outside}]}`,
    ];
    const spoils = [
      ...texts.map(text => () => writeFileSync(lock, text)),
      () => renameSync(lock, `${lock}.old`),
      () => mkdirSync(lock),
    ];
    for (const spoil of spoils) {
      spoil();
      const { said, stderr } = runGuarded({ exec, lock, path: [elsewhere] }, placesOf('single'));
      expect(said).toEqual({ single: 'elsewhere' });
      expect(stderr).toMatch(
        /^stagedoor: the core lock \S+ can't be used \([^\n]+\); modules are not guarded\n$/,
      );
    }
  });

  test('K-06: a damaged list of plugins does not take the guard away', () => {
    const { folder, lock } = lockedRuntime(standard());
    const elsewhere = fill(path.join(folder, 'elsewhere'), other('single.py'));
    for (const plugins of ['{', '[]', '{"python": 1}'])
      expect(runGuarded({ exec, lock, path: [elsewhere], plugins }, placesOf('single')).said).toEqual({
        single: 'runtime',
      });
  });

  test.skipIf(/^3\.[67]\./.test(version))(
    'K-06: the metadata of a locked distribution is that of the runtime',
    () => {
      const { folder, lock } = lockedRuntime(standard());
      const elsewhere = fill(path.join(folder, 'elsewhere'), {
        ...distribution('Pydantic', '9.0', {}),
        ...distribution('free', '3.0', {}),
      });
      const program = `
import json
from importlib.metadata import version
print(json.dumps([version("pydantic"), version("free")]))`;
      expect(runGuarded({ exec, lock, path: [elsewhere] }, program).said).toEqual(['2.5.0', '3.0']);
    },
  );
});
