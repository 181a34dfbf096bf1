import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { noNodeBuild } from '../../support/natives/addons.ts';

const never = new AbortController().signal;
const exec = process.execPath;

const binding = (more: object = {}): string =>
  JSON.stringify({ targets: [{ target_name: 'addon', sources: ['addon.cc'], ...more }] });

/** Answers with its ABI, through V8: it loads in a Node of this ABI alone. */
const source = `#include <node.h>
NODE_MODULE_INIT() { exports->Set(context, v8::String::NewFromUtf8Literal(context->GetIsolate(), "modules"), v8::Number::New(context->GetIsolate(), NODE_MODULE_VERSION)).Check(); }`;

type Files = Readonly<Record<string, string>>;

/** A tree with one package, as it is before it is built. */
const treeWith = (files: Files, name = 'native'): { readonly tree: string; readonly folder: string } => {
  const tree = path.join(temporaryFolder(), 'tree');
  const folder = path.join(tree, 'node_modules', ...name.split('/'));
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
  const all: Files = {
    'package.json': manifest,
    'index.js': "module.exports = require('./build/Release/addon.node');",
    ...files,
  };
  for (const [file, text] of Object.entries(all)) writeFileSync(path.join(folder, file), text);
  return { tree, folder };
};

const build = (tree: string, signal: AbortSignal = never, names: readonly string[] = ['native']) =>
  buildFromSource({ abi: ownAbi(), exec, tree, names, files: [] }, signal);

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

  test('no script of the package runs, and its `node` is the target, whatever is on PATH', async () => {
    const stain = path.join(temporaryFolder(), 'stain');
    const touch = `node -e "require('fs').writeFileSync(${JSON.stringify(stain)}, '')"`;
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map(name => [name, touch]),
    );
    const { tree, folder } = treeWith({
      'package.json': JSON.stringify({ name: 'native', version: '1.0.0', main: 'index.js', scripts }),
      'binding.gyp': binding({ defines: ['BY="<!(node -p process.execPath)"'] }),
      'addon.cc': source.replace('#include', '#define SAYS(x) #x\n#include'),
    });
    const path0 = process.env.PATH;
    const fake = temporaryFolder();
    writeFileSync(path.join(fake, 'node'), '#!/bin/sh\necho another\n');
    chmodSync(path.join(fake, 'node'), 0o755);
    process.env.PATH = `${fake}${path.delimiter}${path0}`;
    try {
      await build(tree);
    } finally {
      process.env.PATH = path0;
    }
    expect(existsSync(stain)).toBe(false);
    expect(readFileSync(path.join(folder, 'build/addon.target.mk'), 'utf8')).toContain(exec);
  });

  test('P-37: what the shell was started with does not reach the build', async () => {
    const { tree, folder } = treeWith({
      'binding.gyp': binding({
        defines: [
          'BY="<!(node -p "[process.env.NODE_OPTIONS, process.env.npm_config_nodedir, process.env.LD_PRELOAD].join()")"',
        ],
      }),
      'addon.cc': source,
    });
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    vi.stubEnv('npm_config_nodedir', '/nowhere');
    try {
      await build(tree);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readFileSync(path.join(folder, 'build/addon.target.mk'), 'utf8')).toContain('BY=",,"');
  });

  test('a source that does not compile is told in the words of the compiler, without a path', async () => {
    const { tree, folder } = treeWith({ 'binding.gyp': binding() });
    writeFileSync(path.join(folder, 'addon.cc'), `#include "${tree}/not-to-be.h"`);
    const failed = await build(tree).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringContaining('not-to-be.h'),
      hint: expect.stringContaining('compiler'),
    });
    expect(String(failed)).not.toContain(tree);
  });

  test('a build that prints without end is bounded, and ends as it ends', async () => {
    const flood = 'node -e "process.stderr.write(String(1).repeat(3e7)); process.exit(3)"';
    const { tree } = treeWith({
      'binding.gyp': binding({ defines: [`BY=<!(${flood})`] }),
      'addon.cc': source,
    });
    const failed = await build(tree).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
    expect(String(failed).length).toBeLessThan(1200);
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

  test('a link that a build leaves in the tree is refused', async () => {
    const { tree, folder } = treeWith({
      'binding.gyp': binding({ defines: ['BY=<!(node link.js)'] }),
      'link.js': "require('fs').symlinkSync('/etc/passwd', 'passwd'); console.log('done')",
      'addon.cc': source,
    });
    await expect(build(tree)).rejects.toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringContaining('passwd'),
    });
    expect(readdirSync(folder)).toContain('passwd');
  });
});

/** A zombie does not run. */
const isRunning = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^\S+ \(.*\) [ZX]/.test(stat);
  } catch {
    return false;
  }
};

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
