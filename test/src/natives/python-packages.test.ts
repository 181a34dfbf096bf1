import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { probeAbi } from '#src/natives/probe.js';
import { proveTree } from '#src/natives/trees/prove.js';
import { compareTree } from '#src/staging/tree-proof.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { fetchInto, imports, native, refusal } from '../../support/natives/python-installs.ts';
import { compiledWheel, fromFolder, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { chosen, ends, newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';
import { isFull } from '../../support/proof/run.ts';

describe.skipIf(none)('N-12: a tree for a real interpreter', () => {
  for (const interpreter of chosen) {
    test(`N-12: Python ${interpreter.version} imports what its own pip has installed, and the list is the tree`, async () => {
      const wheels = temporaryFolder();
      const archive = await compiledWheel(wheels, interpreter);
      fromFolder(wheels);
      const request = await requestFor(interpreter, [pinOf(archive)]);
      const { files } = await fetchInto(request);
      expect(imports(interpreter.exec, request.tree, 'stagey')).toBe(true);
      expect(() => compareTree(fs, request.tree, files)).not.toThrow();
      expect(new Set(files.map(({ mode }) => mode & ~0o111))).toEqual(new Set([0o644]));
      expect(readdirSync(request.folder).sort()).toEqual(['requirements.txt', 'tree']);
      const { abi, exec, tree } = request;
      expect(await proveTree(fs, { abi, exec, tree, natives: [native('stagey')], probe: probeAbi })).toEqual({
        kind: 'loaded',
      });
    });
  }

  test('N-12: an archive with another hash is refused', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    for (const one of isFull ? ends : [newest]) {
      const pin = { ...pinOf(archive), hashes: [`sha256:${'0'.repeat(64)}`] };
      expect(await refusal(await requestFor(one, [pin]))).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
    }
  });
});
