import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { isRunning } from '../../support/launch-paths/processes.ts';
import type { Interpreter } from '../../support/natives/interpreters.ts';
import { fetchInto, imports, refusal } from '../../support/natives/python-installs.ts';
import { fromFolder, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { hasModule, lastWith, newest, none } from '../../support/natives/pythons.ts';
import { sourceFiles, writeSource } from '../../support/natives/wheels.ts';

const code = (name: string): string =>
  `#include <Python.h>\nstatic struct PyModuleDef d = { PyModuleDef_HEAD_INIT, "${name}", 0, -1, 0 };\nPyMODINIT_FUNC PyInit_${name}(void) { return PyModule_Create(&d); }\n`;
/** An older pip builds without wheel, and setuptools has one of its own from 70 on. */
const canBuild = (one: Interpreter): boolean =>
  hasModule(one, 'setuptools') &&
  (hasModule(one, 'wheel') ||
    hasModule(one, 'setuptools.command.bdist_wheel') ||
    hasModule(one, 'pip._internal.operations.install.legacy'));
const builder = lastWith(canBuild);
const bare = lastWith(one => !hasModule(one, 'setuptools'));
if (builder === undefined) console.log('skipped: a build from source, because no Python here has setuptools');

describe.skipIf(none)('N-12: a package with a source alone', () => {
  test.skipIf(builder === undefined)(
    'N-12: it is built where the app allows it, and refused where not',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', code('sourced')));
      const one = builder ?? newest;
      expect(await refusal(await requestFor(one, [pinOf(archive)]))).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
      });
      const request = await requestFor(one, [pinOf(archive)], ['Sourced']);
      await fetchInto(request);
      expect(imports(one.exec, request.tree, 'sourced')).toBe(true);
    },
  );

  test.skipIf(bare === undefined)(
    'N-12: an interpreter without setuptools is told what is missing',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', code('sourced')));
      const said = await refusal(await requestFor(bare ?? newest, [pinOf(archive)], ['sourced']));
      expect(said).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
        hint: expect.stringContaining('setuptools'),
      });
    },
  );

  test.skipIf(builder === undefined)(
    'N-12: a source that does not compile, or ends the build, is an error of ours',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeSource(wheels, 'sourced', sourceFiles('sourced', '#error no\n'));
      const said = await refusal(await requestFor(builder ?? newest, [pinOf(archive)], ['sourced']));
      expect(said).toMatchObject({
        code: 'NATIVE_ABI_MISMATCH',
        message: expect.stringContaining('could not be built'),
      });
    },
  );

  test.skipIf(builder === undefined || process.platform !== 'linux')(
    'P-30: what the code of a package starts has ended when we are told, though it left the group',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const note = path.join(temporaryFolder(), 'pids');
      const helper = [
        'import subprocess, sys',
        'wait = [sys.executable, "-c", "import time; time.sleep(600)"]',
        'child = subprocess.Popen(wait, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)',
        `open(${JSON.stringify(note)}, "a").write("%d\\n" % child.pid)`,
      ].join('\n');
      const files = sourceFiles('sourced', code('sourced'));
      const setup = `${helper}\n${files['setup.py']}`;
      const archive = writeSource(wheels, 'sourced', { ...files, 'setup.py': setup });
      await fetchInto(await requestFor(builder ?? newest, [pinOf(archive)], ['sourced']));
      const pids = readFileSync(note, 'utf8').trim().split('\n').map(Number);
      expect(pids.length).toBeGreaterThan(0);
      expect(pids.filter(isRunning)).toEqual([]);
    },
  );
});
