import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readLock } from '#src/core-lock/lock-file.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { fakeUv, throughPip } from '../../../support/natives/fake-uv.ts';
import { distribution, lockedRuntime, runGuarded } from '../../../support/natives/guarded-python.ts';
import { interpreters } from '../../../support/natives/interpreters.ts';
import {
  lockWith,
  newestPython,
  pluginPythons,
  pythonSteps,
  wheel,
  wish,
} from '../../../support/natives/python-plugins.ts';
import { fromFolder, onlyHere } from '../../../support/natives/python-trees.ts';
import { pipEnds } from '../../../support/natives/pythons.ts';

let wheels: string;
beforeEach(() => {
  wheels = temporaryFolder();
  fromFolder(wheels);
});

const old = pipEnds.filter(one => !pluginPythons.includes(one));
const able = interpreters().filter(({ version }) => /^3\.(?:[89]|1\d)\./.test(version));

test.skipIf(old.length === 0)(
  'K-05: a pip that can not say what it would install is named, with the way out',
  async () => {
    expect(await pythonSteps(old[0]?.exec).failure(wish('chart'), lockWith({}))).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringMatching(
        /^the interpreter has pip [\d.]+, which can not say what a plugin needs$/,
      ),
      hint: expect.stringContaining('pip 22.2'),
    });
  },
);

test('K-03, K-05: what is no Python, or not there, is named with the way out', async () => {
  onlyHere({});
  const hint = 'Name the Python of the runtime: `--exec FILE`.';
  const told = (exec: string) => pythonSteps(exec).failure(wish('chart'), lockWith({}));
  const folder = temporaryFolder();
  for (const exec of [path.join(folder, 'absent'), folder])
    expect(await told(exec)).toMatchObject({
      code: 'SPAWN_FAILED',
      message: `${exec} could not be started, to be asked for its pip`,
      hint,
    });
  const broken = path.join(folder, 'broken');
  writeFileSync(broken, '#!/bin/sh\necho "no such \x1b[31mluck" >&2\nexit 3\n', { mode: 0o755 });
  expect(await told(broken)).toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    message: `${broken} does not answer as a Python (exit code 3: no such  [31mluck)`,
    hint,
  });
  writeFileSync(broken, '#!/bin/sh\nkill -9 $$\n');
  expect(await told(broken)).toMatchObject({ message: `${broken} does not answer as a Python (SIGKILL)` });
  writeFileSync(broken, '#!/bin/sh\necho hello\n');
  expect(await told(broken)).toMatchObject({
    message: `${broken} does not answer as a Python (no answer that can be read)`,
  });
  expect(await told(process.execPath)).toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    message: expect.stringContaining(`${process.execPath} does not answer as a Python (exit code 9: `),
    hint,
  });
});

test.skipIf(newestPython.exec === '')(
  'K-05: where there is a uv, it puts into place what pip has found',
  async () => {
    const { hash } = wheel(wheels, 'chart', '1.0', { needs: ['pydantic'] });
    const uv = fakeUv(throughPip(newestPython.exec));
    const { site } = await pythonSteps().install(
      wish('chart'),
      lockWith({ pydantic: ['2.5.0', 'pydantic'] }),
    );
    expect(readFileSync(path.join(site, 'chart.py'), 'utf8')).toContain('chart 1.0');
    expect(uv.given().split('\n')).toEqual(
      expect.arrayContaining(['--no-deps', '--require-hashes', '--only-binary']),
    );
    expect(readFileSync(path.join(site, '../../requirements.txt'), 'utf8')).toBe(
      `chart==1.0 --hash=${hash}\n`,
    );
  },
);

describe.each(able)('Python $version', ({ exec }) => {
  test('K-05, K-06: a plugin that ships its own copy of a locked package works with the class of the runtime', async () => {
    const base = 'class BaseModel:\n    pass\n';
    const runtime = lockedRuntime(
      distribution('pydantic', '2.5.0', {
        'pydantic/__init__.py': 'from pydantic.main import BaseModel\n',
        'pydantic/main.py': base,
      }),
    );
    wheel(wheels, 'chart', '1.0', {
      needs: ['pydantic>=2', 'helper'],
      files: [
        {
          name: 'chart/__init__.py',
          bytes: 'from pydantic import BaseModel\nimport helper\nclass Chart(BaseModel):\n    pass\n',
        },
        { name: 'pydantic/__init__.py', bytes: base },
      ],
    });
    wheel(wheels, 'helper', '1.0');
    const lock = readLock(nodeFileSystem, runtime.lock);
    const done = await pythonSteps(exec).install(wish('chart'), lock);
    expect(done).toMatchObject({ conflicts: [], stripped: ['pydantic'] });
    // Somebody puts the copy back.
    writeFileSync(path.join(done.site, 'pydantic.py'), base);
    const program = `
import json, sys
from chart import Chart
from pydantic import BaseModel
print(json.dumps([issubclass(Chart, BaseModel), BaseModel.__module__, sys.modules["pydantic"].__file__]))`;
    const { said, stderr } = runGuarded({ exec, lock: runtime.lock, plugins: { chart: done.site } }, program);
    expect([said, stderr]).toEqual([
      [true, 'pydantic.main', path.join(runtime.site, 'pydantic/__init__.py')],
      '',
    ]);
  });

  test('K-05: another version is refused with both of them', async () => {
    wheel(wheels, 'chart', '1.0', { needs: ['pydantic<2; python_version >= "3"'] });
    const found = await pythonSteps(exec).compare(
      wish('chart'),
      lockWith({ pydantic: ['2.5.0', 'pydantic'] }),
    );
    expect(found.conflicts).toMatchObject([{ range: '<2', locked: '2.5.0', chain: ['chart@1.0'] }]);
  });
});
