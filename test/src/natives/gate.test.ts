import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Abi } from '#src/natives/abi.js';
import { type Gate, gateFor } from '#src/natives/gate.js';
import { probeAbi } from '#src/natives/probe.js';
import { readSearchPath } from '#src/natives/search-path.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { crossFile } from '../../support/natives/cross-files.ts';
import { interpreters } from '../../support/natives/interpreters.ts';

const own = nodeFor('linux-x64-glibc');
const python = pythonOn('cpython-311-x86_64-linux-gnu', '3.11.7');

/** A folder like `node_modules` that holds `native` with a real file for a system. */
const modulesWith = (system: string): string => {
  const folder = temporaryFolder();
  const release = path.join(folder, 'native', 'build', 'Release');
  mkdirSync(release, { recursive: true });
  writeFileSync(path.join(folder, 'native', 'package.json'), '{"name":"native"}');
  cpSync(crossFile(system), path.join(release, 'native.node'));
  return folder;
};

/** A folder like `site-packages` that holds one file. */
const sitePackagesWith = (file: string): string => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(folder, file), '');
  return folder;
};

const gate = (abi: Abi, ...searchPath: readonly string[]): Gate =>
  gateFor(
    { name: 'native', abi, exec: '/opt/my app/node' },
    readSearchPath(fs, { name: 'native', abi }, searchPath),
  );

test('N-07: it opens for a file of this runtime anywhere on the path, behind others too', () => {
  const [foreign, right] = [modulesWith('linux-arm64-gnu'), modulesWith('linux-x64-gnu')];
  expect(gate(own, foreign, right)).toEqual({ open: true, folder: right, file: 'build/Release/native.node' });
  expect(gate(nodeFor('linux-arm64-glibc'), foreign, right)).toMatchObject({ open: true, folder: foreign });
});

test('N-07: blank and relative entries, a missing folder, a missing package and a foreign file mean no', () => {
  const foreign = modulesWith('linux-x64-musl');
  for (const searchPath of [
    [],
    [''],
    ['  '],
    ['.'],
    ['relative'],
    ['/no/such/folder'],
    [temporaryFolder()],
    [foreign],
  ])
    expect(gate(own, ...searchPath).open, JSON.stringify(searchPath)).toBe(false);
});

test('N-07: a blank or relative entry is no place, also where the current folder has the package', () => {
  const before = process.cwd();
  process.chdir(modulesWith('linux-x64-gnu'));
  try {
    for (const entry of ['', ' ', '.', './'])
      expect(gate(own, entry).open, JSON.stringify(entry)).toBe(false);
    expect(gate(own, process.cwd()).open).toBe(true);
  } finally {
    process.chdir(before);
  }
});

test('N-07: another extension, and a package of another name, mean no', () => {
  const folder = modulesWith('linux-x64-gnu');
  fs.renameSync(
    path.join(folder, 'native/build/Release/native.node'),
    path.join(folder, 'native/build/Release/native.so'),
  );
  expect(gate(own, folder).open).toBe(false);
  for (const name of ['nativ', '../native', '/etc', '']) {
    const entries = readSearchPath(fs, { name, abi: own }, [modulesWith('linux-x64-gnu')]);
    expect(gateFor({ name, abi: own, exec: 'node' }, entries).open, name).toBe(false);
  }
});

test('N-07: for Python the whole suffix counts, and what is no library counts for nothing', () => {
  const suffixes = [
    '.cpython-311-x86_64-linux-gnu.so',
    '.cpython-310-x86_64-linux-gnu.so',
    '.abi3.so',
    '.so',
    '.py',
  ];
  for (const suffix of suffixes)
    expect(gate(python, sitePackagesWith(`native/core${suffix}`)).open, suffix).toBe(false);
});

/** An interpreter with a compiled module of its own library, which no other version imports. */
const withModule = interpreters().flatMap(({ exec }) => {
  const said = execFileSync(exec, ['-c', 'import _json; print(getattr(_json, "__file__", ""))'], {
    encoding: 'utf8',
  }).trim();
  return said === '' ? [] : [{ exec, folder: path.dirname(said) }];
});
if (withModule.length < 2)
  console.log('skipped: N-07 with real Python modules, because there are no two Pythons with one');

test.skipIf(withModule.length < 2)(
  'N-07: a real module opens the gate for its own Python and closes it for another',
  async () => {
    const [one, two] = await Promise.all(
      withModule.map(async ({ exec, folder }) => ({ folder, abi: await probeAbi(exec) })),
    );
    if (one?.abi?.kind !== 'python' || two?.abi?.kind !== 'python') throw new TypeError('no Python');
    const ask = (abi: Abi, folder: string): Gate =>
      gateFor(
        { name: '_json', abi, exec: 'python3' },
        readSearchPath(fs, { name: '_json', abi }, ['', folder]),
      );
    expect(ask(one.abi, one.folder)).toMatchObject({ open: true, folder: one.folder });
    const closed = ask(two.abi, one.folder);
    expect(closed).toMatchObject({
      open: false,
      sentence: expect.stringContaining(one.abi.suffixes[0] ?? ''),
    });
  },
);

test('N-09: one that closes says in one sentence what is there and what to do', () => {
  const closed = gate(own, modulesWith('linux-arm64-gnu'), modulesWith('win32-x64-msvc'));
  expect(closed).toEqual({
    open: false,
    sentence:
      'Nothing of native is for linux-x64-glibc-node115 (there is: linux arm64, Windows x64): ' +
      'run `stagedoor natives ensure native --exec "/opt/my app/node"`.',
  });
});
