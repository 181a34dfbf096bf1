import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareNatives } from '#src/natives/comparison.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { gateFor } from '#src/natives/gate.js';
import { probeAbi } from '#src/natives/probe.js';
import { readSearchPath } from '#src/natives/search-path.js';
import { proveTree } from '#src/natives/trees/prove.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { fakeRuntime, pythonAnswer, saying } from '../../support/natives/fake-runtime.ts';
import type { Interpreter } from '../../support/natives/interpreters.ts';
import { fetchInto, imports, native } from '../../support/natives/python-installs.ts';
import {
  compiledWheel,
  fromFolder,
  pinOf,
  pythonOf,
  requestFor,
} from '../../support/natives/python-trees.ts';
import { alone, newest, none, oldest } from '../../support/natives/pythons.ts';

describe.skipIf(none)('N-12: a tree and other interpreters', () => {
  test.skipIf(alone)(
    'N-07: a tree for another interpreter is refused by reading, and the gate is closed for it',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const request = await requestFor(oldest, [pinOf(await compiledWheel(wheels, oldest))]);
      await fetchInto(request);
      const [right, wrong] = [await pythonOf(oldest), await pythonOf(newest)];
      const folder = path.join(request.tree, 'site-packages');
      const gate = (abi: typeof right) =>
        gateFor(
          { name: 'stagey', abi, exec: newest.exec },
          readSearchPath(fs, { name: 'stagey', abi }, [folder]),
        );
      expect(gate(right).open).toBe(true);
      expect(gate(wrong)).toMatchObject({ open: false, sentence: expect.stringContaining(wrong.tag) });
      const proof = {
        abi: wrong,
        exec: newest.exec,
        tree: request.tree,
        natives: [native('stagey')],
        probe: probeAbi,
      };
      expect(await proveTree(fs, proof)).toMatchObject({
        kind: 'refused',
        failure: { code: 'NATIVE_ABI_MISMATCH' },
      });
    },
  );

  test.skipIf(alone)('N-12: one archive for the stable ABI serves the oldest and the newest', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, oldest, { limited: true });
    fromFolder(wheels);
    for (const interpreter of [oldest, newest]) {
      const request = await requestFor(interpreter, [pinOf(archive)]);
      await fetchInto(request);
      expect(imports(interpreter.exec, request.tree, 'stagey')).toBe(true);
    }
  });

  test.skipIf(alone)(
    'N-05: the copy in the bundle fits one interpreter, and is named as lacking for the other',
    async () => {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const request = await requestFor(newest, [pinOf(await compiledWheel(wheels, newest))]);
      await fetchInto(request);
      const bundled = native('stagey', {
        dir: path.join(request.tree, 'site-packages', 'stagey'),
        pins: request.pins,
      });
      const compared = async (one: Interpreter) =>
        compareNatives([bundled], {
          fs,
          abi: await pythonOf(one),
          exec: one.exec,
          memory: forgetful,
          ownPath: [],
        });
      expect((await compared(newest)).places).toEqual([{ name: 'stagey', from: 'bundle' }]);
      expect(await compared(oldest)).toMatchObject({
        places: [],
        lacking: [{ certain: true }],
        installable: true,
      });
    },
  );

  test('N-07: for a Python of another system the same tree is closed', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const request = await requestFor(newest, [pinOf(await compiledWheel(wheels, newest))]);
    await fetchInto(request);
    const fake = fakeRuntime('python3', saying(pythonAnswer));
    const abi = await probeAbi(fake.exec);
    if (abi === null) throw new TypeError('the fake does not answer');
    const proof = { abi, exec: fake.exec, tree: request.tree, natives: [native('stagey')], probe: probeAbi };
    expect(await proveTree(fs, proof)).toMatchObject({ kind: 'refused' });
    expect(fake.starts()).toBe(1);
  });
});
