import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { buildFromSource } from '#src/natives/build.js';
import { headersBeside } from '#src/natives/building/headers.js';
import { readOffer } from '#src/natives/offer-reader.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { proveNative } from '#src/natives/proof.js';
import { verdictOn } from '#src/natives/verdict.js';
import { compareTree } from '#src/staging/tree-proof.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { isRunning } from '../../support/launch-paths/processes.ts';
import { nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { noNodeBuild } from '../../support/natives/addons.ts';
import { binding, build, exec, never, source, treeWith } from '../../support/natives/building.ts';

if (noNodeBuild !== null) console.log(`skipped: builds from source, because ${noNodeBuild}`);
describe.skipIf(noNodeBuild !== null)('builds from source', { timeout: 180_000 }, () => {
  test('N-12: a package without a file for this Node is built, loads then, and every file is hashed anew', async () => {
    const { tree, folder } = treeWith({ 'binding.gyp': binding(), 'addon.cc': source }, '@scope/native');
    const files = await build(tree, never, ['@scope/native']);
    compareTree(nodeFileSystem, tree, files);
    const addon = 'node_modules/@scope/native/build/Release/addon.node';
    expect(files.map(file => file.path)).toContain(addon);
    expect(files.filter(file => /obj\.target|node_gyp_bins|\.deps/.test(file.path))).toEqual([]);
    const offer = readOffer(nodeFileSystem, folder);
    expect(offer === null ? null : verdictOn(offer, ownAbi())).toMatchObject({ kind: 'fits' });
    expect(await proveNative(exec, folder)).toEqual({ ok: true });
    const said = execFileSync(exec, ['-p', 'require(process.argv[1]).modules', folder], { encoding: 'utf8' });
    expect(said.trim()).toBe(process.versions.modules);
  });

  test('P-30: an abort ends the build with all that it has started, also what has left its group', async () => {
    const note = path.join(temporaryFolder(), 'pids');
    const wait = 'setInterval(() => {}, 1000)';
    const helper = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(wait)}], { detached: true, stdio: 'ignore' })`;
    const program = `const c = ${helper}; require('fs').writeFileSync(${JSON.stringify(note)}, [process.pid, c.pid].join()); ${wait}`;
    const { tree, folder } = treeWith({ 'addon.cc': source });
    writeFileSync(path.join(folder, 'wait.js'), program);
    writeFileSync(path.join(folder, 'binding.gyp'), binding({ defines: ['BY=<!(node wait.js)'] }));
    const abort = new AbortController();
    const reason = new Error('enough');
    const outcome = build(tree, abort.signal).catch((error: unknown) => error);
    const pids = (): readonly number[] => readFileSync(note, 'utf8').split(',').map(Number);
    await vi.waitFor(() => expect(pids()).toHaveLength(2), { timeout: 60_000, interval: 10 });
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    for (const pid of pids()) expect(isRunning(pid), String(pid)).toBe(false);
  });
});

test.each([
  ['a package that is not there', { names: ['another'] }, /another is not among/],
  ['a package without a source', { names: ['native'] }, /no binding\.gyp/],
  [
    'a Python',
    { names: ['native'], abi: pythonOn('cpython-313-x86_64-linux-gnu', '3.13.1') },
    /only npm packages/,
  ],
])('a build of %s is refused with its reason', async (_, given, message) => {
  const { tree } = treeWith({});
  const request = { abi: ownAbi(), exec, tree, files: [], ...given };
  await expect(buildFromSource(request, never)).rejects.toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    message,
  });
});

test('a build for an Electron without @electron/rebuild names the command that installs it', async () => {
  const { tree } = treeWith({ 'binding.gyp': binding() });
  const abi = nodeFor('linux-x64-glibc', '148', '45.4.1');
  await expect(
    buildFromSource({ abi, exec, tree, names: ['native'], files: [] }, never),
  ).rejects.toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    message: expect.stringContaining('Electron 45.4.1'),
    hint: 'Add it to the app: npm install @electron/rebuild.',
  });
});

test('headers beside a Node count only if they are those of its version', () => {
  const root = temporaryFolder();
  mkdirSync(path.join(root, 'bin'));
  mkdirSync(path.join(root, 'include/node'), { recursive: true });
  const program = path.join(root, 'bin/node');
  writeFileSync(program, '');
  chmodSync(program, 0o755);
  const abi = nodeFor('linux-x64-glibc');
  const header = path.join(root, 'include/node/node_version.h');
  expect(headersBeside(nodeFileSystem, program, abi)).toBe(null);
  const text = (patch: number): string =>
    `#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 17\n#define NODE_PATCH_VERSION ${patch}\n`;
  writeFileSync(header, text(1));
  expect(headersBeside(nodeFileSystem, program, abi)).toBe(null);
  writeFileSync(header, text(0));
  expect(headersBeside(nodeFileSystem, program, abi)).toBe(root);
});
