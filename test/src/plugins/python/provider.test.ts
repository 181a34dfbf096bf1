import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/folder.ts';
import {
  lockWith,
  newestPython,
  pluginPythons,
  pythonSteps,
  wheel,
  wish,
} from '../../../support/natives/python-plugins.ts';
import { fromFolder } from '../../../support/natives/python-trees.ts';
import { sourceFiles, writeSource } from '../../../support/natives/wheels.ts';

const { resolve, compare, install, failure } = pythonSteps();
if (pluginPythons.length === 0)
  console.log('skipped: plugins of Python, because no Python with pip 22.2 is here');

const lock = lockWith({
  pydantic: ['2.5.0', 'pydantic'],
  'foo-bar': ['1.5', 'foo'],
  'google-auth': ['2.0', 'google.auth'],
});

let wheels: string;
beforeEach(() => {
  wheels = temporaryFolder();
  fromFolder(wheels);
});

const head = (name: string): string => `Metadata-Version: 2.1\nName: ${name}\nVersion: 9\n`;

const distributionsIn = (site: string): readonly string[] =>
  readdirSync(site)
    .filter(name => name.endsWith('.dist-info'))
    .sort();

describe.skipIf(newestPython.exec === '')('plugins of Python', () => {
  test('K-05: a plugin shares what the lock admits, brings the rest pinned, and no index need have the locked', async () => {
    wheel(wheels, 'chart_plugin', '1.2.0', {
      needs: [
        'pydantic>=2,<3',
        'Foo_Bar~=1.4',
        'Helper.Kit[fast]',
        'absent; python_version < "3"',
        'skipped; extra == "x"',
      ],
    });
    const helper = wheel(wheels, 'helper_kit', '0.3', {
      extras: ['fast', 'slow'],
      needs: [
        'FOO.bar',
        'speedy; extra == "fast"',
        'pydantic==9; extra == "slow"',
        'pydantic==9; python_version < "3"',
      ],
    });
    wheel(wheels, 'speedy', '4.0', { needs: ['pydantic!=2.4'] });
    const done = await install(wish('chart-plugin'), lock);
    const top = ['chart-plugin@1.2.0'];
    const kit = [...top, 'helper-kit@0.3'];
    expect(done.version).toBe('1.2.0');
    expect(done.packages.map(({ name, version, place }) => [name, version, place])).toEqual([
      ['chart-plugin', '1.2.0', 'site-packages'],
      ['helper-kit', '0.3', 'site-packages'],
      ['speedy', '4.0', 'site-packages'],
    ]);
    expect(done.packages[1]?.integrity).toBe(helper.hash);
    expect(done.demands).toEqual([
      { as: 'pydantic', name: 'pydantic', range: '<3,>=2', chain: top },
      { as: 'Foo_Bar', name: 'Foo_Bar', range: '~=1.4', chain: top },
      { as: 'FOO.bar', name: 'FOO.bar', range: '', chain: kit },
      { as: 'pydantic', name: 'pydantic', range: '!=2.4', chain: [...kit, 'speedy@4.0'] },
    ]);
    expect(done).toMatchObject({
      shared: [
        { name: 'foo-bar', version: '1.5' },
        { name: 'pydantic', version: '2.5.0' },
      ],
      conflicts: [],
      stripped: [],
    });
    expect(readdirSync(done.folder).sort()).toEqual(['requirements.txt', 'tree']);
    expect(distributionsIn(done.site)).toEqual([
      'chart_plugin-1.2.0.dist-info',
      'helper_kit-0.3.dist-info',
      'speedy-4.0.dist-info',
    ]);
    expect(done.files.map(file => file.path)).toContain('site-packages/helper_kit.py');
  });

  test('K-05: where the newest version does not fit under the lock, an older one that does is found', async () => {
    wheel(wheels, 'chart', '2.0', { needs: ['pydantic>=3'] });
    wheel(wheels, 'chart', '1.0', { needs: ['pydantic>=2'] });
    wheel(wheels, 'pydantic', '3.0');
    expect(await resolve(wish('chart'), lock)).toMatchObject({ version: '1.0' });
    const newest = await compare(wish('chart', '2.0'), lock);
    expect(newest.conflicts).toMatchObject([{ locked: '2.5.0', range: '>=3', reason: 'version' }]);
  });

  test.each([[true], [false]])(
    'K-05: another version that something needs is a conflict with both versions and who asks, whether the index has it (%s) or not',
    async offered => {
      wheel(wheels, 'chart', '1.0', { needs: offered ? ['helper'] : ['pydantic<2', 'foo-bar'] });
      if (offered) {
        wheel(wheels, 'helper', '0.3', { needs: ['Pydantic<2', 'foo-bar'] });
        wheel(wheels, 'pydantic', '1.10.2');
        wheel(wheels, 'foo_bar', '1.5');
      }
      const [name, chain] = offered ? ['Pydantic', ['chart@1.0', 'helper@0.3']] : ['pydantic', ['chart@1.0']];
      expect(await compare(wish('chart'), lock)).toEqual({
        shared: [{ name: 'foo-bar', version: '1.5' }],
        conflicts: [{ as: name, name, range: '<2', chain, reason: 'version', locked: '2.5.0' }],
      });
    },
  );

  test('K-05: a conflict far from the plugin is told with its chain, though the index lacks the locked and more', async () => {
    wheel(wheels, 'chart', '1.0', {
      needs: ['nowhere', 'middle[hot]>=1', 'quiet', 'absent; python_version < "3"', 'gone===1/../..'],
    });
    wheel(wheels, 'middle', '2.0', {
      extras: ['hot', 'cold'],
      needs: ['Deep.One; extra == "hot"', 'pydantic==9; extra == "cold"', 'chart'],
    });
    wheel(wheels, 'deep_one', '0.3', { needs: ['Pydantic>=3', 'foo-bar<2'] });
    wheel(wheels, 'deep_one', '0.2', { needs: ['pydantic>=4'] });
    wheel(wheels, 'quiet', '1.0', { needs: ['foo-bar'] });
    expect(await compare(wish('chart'), lock)).toEqual({
      shared: [{ name: 'foo-bar', version: '1.5' }],
      conflicts: [
        {
          as: 'Pydantic',
          name: 'Pydantic',
          range: '>=3',
          chain: ['chart@1.0', 'middle@2.0', 'deep-one@0.3'],
          reason: 'version',
          locked: '2.5.0',
        },
      ],
    });
  });

  test('K-06: what a wheel has of the runtime inside is left out and named, whatever its records say', async () => {
    wheel(wheels, 'chart', '1.0', {
      files: [
        'chart/__init__.py',
        'pydantic/__init__.py',
        'pydantic/main.py',
        'foo.abi3.so',
        'google/__init__.py',
        'google/auth/__init__.py',
        'google/charts/__init__.py',
        { name: 'chart-1.0.data/purelib/Foo.Bar-9.dist-info/METADATA', bytes: head('Foo.Bar') },
        { name: 'chart-1.0.data/purelib/hidden-9.dist-info/METADATA', bytes: head('pydantic') },
        { name: 'other-9.egg-info/PKG-INFO', bytes: head('other') },
        { name: 'google_auth-9.egg-info/PKG-INFO', bytes: head('liar') },
      ],
    });
    const done = await install(wish('chart'), lock);
    expect(done.conflicts).toEqual([]);
    expect(done.stripped).toEqual(['foo', 'foo-bar', 'google', 'google-auth', 'google.auth', 'pydantic']);
    const there = done.files.map(file => file.path.slice('site-packages/'.length));
    expect(there.filter(file => !file.startsWith('chart-1.0.dist-info/')).sort()).toEqual([
      'chart/__init__.py',
      'google/charts/__init__.py',
      'other-9.egg-info/PKG-INFO',
    ]);
  });

  test('K-05: a module that Python itself has, and one that only its case tells from a locked one, are conflicts', async () => {
    wheel(wheels, 'chart', '1.0', { files: ['chart.py', 'Pydantic/__init__.py'], needs: ['helper'] });
    wheel(wheels, 'helper', '0.3', { files: ['helper.py', 'json/__init__.py', 'html/style.css'] });
    const brought = { range: '' };
    const refused = await install(wish('chart'), lock);
    expect(refused).toMatchObject({ files: [], stripped: [] });
    expect(existsSync(refused.tree)).toBe(false);
    expect(refused.conflicts).toEqual([
      {
        ...brought,
        as: 'Pydantic',
        name: 'chart',
        chain: ['chart@1.0'],
        reason: 'look-alike',
        locked: '2.5.0',
      },
      {
        ...brought,
        as: 'json',
        name: 'helper',
        chain: ['chart@1.0', 'helper@0.3'],
        reason: 'built-in',
        locked: null,
      },
    ]);
  });

  test('K-06: a look-alike is not put into place, either, where the lock has changed meanwhile', async () => {
    wheel(wheels, 'chart', '1.0', { files: ['chart.py', 'Pydantic/__init__.py'] });
    const { packages } = await resolve(wish('chart'), lockWith({}));
    const folder = path.join(wheels, 'scratch');
    const folders = { folder, tree: path.join(folder, 'tree') };
    const { provider } = pythonSteps();
    const { signal } = new AbortController();
    mkdirSync(folder);
    await provider.download(packages, folders, signal, () => undefined);
    expect(await provider.stage(packages, lock, folders, signal, () => undefined)).toMatchObject({
      conflicts: [{ as: 'Pydantic', reason: 'look-alike' }],
    });
    expect(readdirSync(folder)).not.toContain('tree');
  });

  test('K-05: what is joined into a file, or no longer there, can not be shared', async () => {
    wheel(wheels, 'chart', '1.0', { needs: ['pydantic'] });
    const { demands } = await resolve(wish('chart'), lock);
    const { provider } = pythonSteps();
    const joined = lockWith({ pydantic: ['2.5.0', 'pydantic'] }, { place: null });
    expect((await provider.compare(demands, joined)).conflicts).toMatchObject([
      { reason: 'joined', locked: '2.5.0' },
    ]);
    expect((await provider.compare(demands, lockWith({}))).conflicts).toMatchObject([
      { reason: 'version', locked: null },
    ]);
  });

  test('K-05: a source is never built: neither the plugin, nor what it needs, nor what it names by an address', async () => {
    const marker = path.join(wheels, 'ran');
    const files = {
      ...sourceFiles('sauce', ''),
      'setup.py': `open(${JSON.stringify(marker)}, "w").close()\nfrom setuptools import setup\nsetup(name="sauce", version="1.0")\n`,
    };
    const source = writeSource(wheels, 'sauce', files);
    expect(await failure(wish('sauce'), lock)).toMatchObject({
      code: 'PACKAGE_INVALID',
      message: 'sauce is there as a source alone, with no wheel for this interpreter',
    });
    wheel(wheels, 'needy', '1.0', { needs: ['sauce'] });
    expect(await failure(wish('needy'), lock)).toMatchObject({ code: 'PACKAGE_INVALID' });
    wheel(wheels, 'direct', '1.0', { needs: [`sauce @ file://${source.file}`] });
    const range = `@ file://${source.file}`;
    expect((await compare(wish('direct'), lock)).conflicts).toEqual([
      { as: 'sauce', name: 'sauce', range, chain: ['direct@1.0'], reason: 'address', locked: null },
    ]);
    expect(readdirSync(wheels)).not.toContain('ran');
  });

  test('K-05: versions and specifiers are those of PEP 440, and what is none is not handed to pip', async () => {
    for (const version of ['1.0', '1!0.5', '2.0rc1', '1.0.post2']) wheel(wheels, 'chart', version);
    const found = async (spec: string | null) => (await resolve(wish('chart', spec), lock)).version;
    expect(await found(null)).toBe('1!0.5');
    expect(await found('<1!0')).toBe('1.0.post2');
    expect(await found('1.0')).toBe('1.0');
    expect(await found('==2.0rc1')).toBe('2.0rc1');
    expect(await failure(wish('chart', '>1!9'), lock)).toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: 'the index has no chart as it is asked for',
    });
    for (const spec of ['latest', '^1.0', '>=1 --index-url=x', '@ file:///x', ';'])
      expect(await failure(wish('chart', spec), lock)).toMatchObject({ code: 'VERSION_UNKNOWN' });
    for (const name of ['../chart', '--help', 'a b', ''])
      expect(await failure(wish(name), lock)).toMatchObject({ code: 'VERSION_UNKNOWN' });
    expect(await failure(wish('Pydantic'), lock)).toMatchObject({
      message: 'Pydantic belongs to the runtime, which has 2.5.0: it is no plugin',
    });
  });

  test('K-05: nothing of a plugin runs: no `.pth`, no script is left', async () => {
    wheel(wheels, 'chart', '1.0', {
      files: ['chart.py', 'chart.pth', 'chart-1.0.data/scripts/tool'],
      scripts: 'chart = chart:main',
    });
    const { site } = await install(wish('chart'), lock);
    expect(readdirSync(site).sort()).toEqual(['chart-1.0.dist-info', 'chart.py']);
    expect(readFileSync(path.join(site, 'chart.py'), 'utf8')).toBe('origin = "chart 1.0"\n');
  });

  test('K-05: what Python would run at its start is left out, whatever its form', async () => {
    wheel(wheels, 'chart', '1.0', {
      files: [
        'chart.py',
        'sitecustomize.py',
        'usercustomize.abi3.so',
        'usercustomize/__init__.py',
        'SiteCustomize.pyc',
        'chart/sitecustomize.py',
        'chart-1.0.data/platlib/sitecustomize/deep.py',
      ],
    });
    const { files } = await install(wish('chart'), lock);
    const there = files.map(file => file.path.slice('site-packages/'.length));
    expect(there.filter(file => !file.startsWith('chart-1.0.dist-info/')).sort()).toEqual([
      'chart.py',
      'chart/sitecustomize.py',
    ]);
  });
});
