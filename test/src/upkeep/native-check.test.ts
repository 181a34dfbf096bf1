import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ownAbi } from '#src/natives/own-abi.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { examineNative } from '#src/upkeep/native-check.js';
import { afterRemedies } from '#src/upkeep/native-remedy.js';
import { temporaryFolder } from '../../support/folder.ts';
import { crossFile } from '../../support/natives/cross-files.ts';

/** What the doctor says of it where nothing may be installed. */
const check = async (dir: string, ...copied: readonly string[]): Promise<string> => {
  const native = { name: 'native', module: 'native', dir, pins: [], build: false, optional: false };
  const abi = ownAbi();
  const state = await examineNative(fs, { ...native, copied }, process.execPath, abi);
  return afterRemedies(state, native, { abi, mode: 'auto', tree: async () => null });
};

/** A package with one file, which leaves a trace if its own code is run. */
const nativeWith = (file: string | null): { dir: string; wasRun: () => boolean } => {
  const dir = temporaryFolder();
  const trace = path.join(dir, 'trace');
  mkdirSync(path.join(dir, 'build/Release'), { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"name":"native"}');
  writeFileSync(path.join(dir, 'index.js'), `require('fs').writeFileSync(${JSON.stringify(trace)}, '')`);
  if (file !== null) cpSync(file, path.join(dir, 'build/Release/native.node'));
  return { dir, wasRun: () => fs.existsSync(trace) };
};

test('P-34: what is for another runtime is NATIVE_ABI_MISMATCH, and is not loaded at all', async () => {
  const { dir, wasRun } = nativeWith(crossFile('win32-arm64-msvc'));
  await expect(check(dir)).rejects.toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    blame: 'native',
    message: expect.stringMatching(/^native does not fit: wanted is .+, there is Windows arm64$/),
    hint: expect.stringContaining(ownAbi().tag),
  });
  expect(wasRun()).toBe(false);
});

test('P-10: what is cut off is told without being loaded', async () => {
  const { dir, wasRun } = nativeWith(null);
  const bytes = fs.readFileSync(crossFile('linux-x64-gnu'));
  writeFileSync(path.join(dir, 'build/Release/native.node'), bytes.subarray(0, bytes.length / 2));
  await expect(check(dir)).rejects.toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
  expect(wasRun()).toBe(false);
});

test('P-34: what says nothing is loaded, and its answer counts', async () => {
  const { dir, wasRun } = nativeWith(null);
  expect(await check(dir)).toBe('native has no compiled files, but it loads');
  expect(wasRun()).toBe(true);
});

test('U-07: a folder that is not there is NATIVE_SOURCE_MISSING', async () => {
  await expect(check('/no/such/folder')).rejects.toMatchObject({ code: 'NATIVE_SOURCE_MISSING' });
});

test('U-07: what it needs from a package beside it must be copied, too; one inside of it is', async () => {
  const { platform, arch } = process;
  const name = platform === 'linux' ? `native-linux-${arch}-gnu` : `native-${platform}-${arch}`;
  const modules = path.join(temporaryFolder(), 'node_modules');
  const write = (at: string, manifest: object): string => {
    const dir = path.join(modules, at);
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: at, ...manifest }));
    return dir;
  };
  const dir = write('native', { optionalDependencies: { [name]: '1.0.0' } });
  writeFileSync(path.join(dir, 'index.js'), `require(${JSON.stringify(name)})`);
  const place = write(name, { os: [platform], cpu: [arch], main: 'native.node' });
  cpSync(
    crossFile(platform === 'linux' ? `linux-${arch}-gnu` : 'darwin-universal'),
    path.join(place, 'native.node'),
  );
  await expect(check(dir, 'native')).rejects.toMatchObject({
    code: 'NATIVE_SOURCE_MISSING',
    message: `native needs ${name}, which is not copied with it`,
    hint: `Name it as a native dependency of its own: --native ${name}.`,
  });
  const fine = `fits by Node-API: ${name}/native.node, and loads`;
  expect(await check(dir, 'native', name)).toBe(fine);
  mkdirSync(path.join(dir, 'node_modules'));
  fs.renameSync(place, path.join(dir, 'node_modules', name));
  expect(await check(dir, 'native')).toBe(fine);
});
