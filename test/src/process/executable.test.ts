import { chmodSync, copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { abiTag, describeExecutable } from '#src/process/executable.js';
import { temporaryFolder } from '../../support/folder.ts';

/** A runtime that counts how often it is started, and answers as it is told. */
const fakeRuntime = (answer: string): { exec: string; starts: () => number } => {
  const folder = temporaryFolder();
  const exec = join(folder, 'fake');
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(exec, `#!/bin/sh\nprintf 'x%s\\n' "\${ELECTRON_RUN_AS_NODE:-}" >> '${log}'\n${answer}\n`);
  chmodSync(exec, 0o755);
  return { exec, starts: () => readFileSync(log, 'utf8').split('x1').length - 1 };
};

const electron = {
  node: '22.21.1',
  platform: 'darwin',
  arch: 'arm64',
  libc: null,
  modules: '136',
  electron: '37.10.3',
};

test('N-02: our own executable is described without being started, by whatever path', async () => {
  const link = join(temporaryFolder(), 'node');
  symlinkSync(process.execPath, link);
  const facts = await describeExecutable(link);
  expect(facts).toMatchObject({ node: process.versions.node, modules: process.versions.modules });
  expect(await describeExecutable(process.execPath)).toBe(facts);
});

test('N-01: another executable is asked, and says the same of itself as we do', async () => {
  const copy = join(temporaryFolder(), 'other');
  copyFileSync(process.execPath, copy);
  const facts = await describeExecutable(copy);
  expect(facts).not.toBeNull();
  expect(facts).toEqual(await describeExecutable(process.execPath));
});

test('N-01: it is asked as Node, once, and again when the file changes', async () => {
  const { exec, starts } = fakeRuntime(`echo '${JSON.stringify(electron)}'`);
  expect(await describeExecutable(exec)).toEqual(electron);
  expect(await describeExecutable(exec)).toEqual(electron);
  expect(starts()).toBe(1);
  writeFileSync(exec, `${readFileSync(exec, 'utf8')}# changed\n`);
  expect(await describeExecutable(exec)).toEqual(electron);
  expect(starts()).toBe(2);
});

test.each(['exit 1', 'echo no', 'echo null', 'echo "{}"', `echo '{"platform":1}'`, ':', 'kill -9 $$'])(
  'N-01: an executable that answers by %j gets no facts',
  async answer => {
    expect(await describeExecutable(fakeRuntime(answer).exec)).toBeNull();
  },
);

test.each(['', 'no-such-program-anywhere', '/no/such/file', 'a\0b', '/tmp', '/etc/passwd', 'true'])(
  'N-01: %j gets no facts and no error',
  async exec => {
    expect(await describeExecutable(exec)).toBeNull();
  },
);

test('N-12: the tag tells Node and Electron, and the libc, apart', () => {
  expect(abiTag(electron)).toBe('darwin-arm64-electron136');
  const node = { ...electron, platform: 'linux', libc: 'musl', electron: null, modules: '115' };
  expect(abiTag(node)).toBe('linux-arm64-musl-node115');
});
