import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
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
});
