import { copyFileSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { probeAbi } from '#src/natives/probe.js';
import { type Proof, proveNative } from '#src/natives/proof.js';
import { recentNode } from '../../../examples/demo/real-packages.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { buildAddon, buildExtension, noNodeBuild, pythonHeaders } from '../../support/natives/addons.ts';
import { interpreters } from '../../support/natives/interpreters.ts';
import { isFull } from '../../support/proof/run.ts';

const node = process.execPath;

const writePackage = (files: Readonly<Record<string, string>>): string => {
  const dir = path.join(temporaryFolder(), 'native');
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text);
  return dir;
};

const reasonOf = (proof: Proof): string => (proof.ok ? 'it loads' : proof.reason);

if (noNodeBuild !== null) console.log(`skipped: P-10 with compiled addons, because ${noNodeBuild}`);
describe.skipIf(noNodeBuild !== null)('P-10: addons are loaded in a child alone', () => {
  test('P-10: one that can be loaded is proven, by file and by package', async () => {
    const folder = writePackage({
      'package.json': '{"name":"native","main":"main.js"}',
      'main.js': 'require("./napi.node")',
    });
    const file = buildAddon('napi', folder);
    expect(await proveNative(node, file)).toEqual({ ok: true });
    expect(await proveNative(node, folder)).toEqual({ ok: true });
  });

  test('P-10: a file that is cut off ends the child by a signal, or is refused by its loader', async () => {
    const whole = buildAddon('napi', temporaryFolder());
    const { size } = statSync(whole);
    for (const share of [0.9, 0.5, 0.25, 0.05]) {
      const file = path.join(temporaryFolder(), 'cut.node');
      copyFileSync(whole, file);
      truncateSync(file, Math.floor(size * share));
      const proof = await proveNative(node, file);
      // The last tenth holds what only a debugger reads.
      if (share < 0.9)
        expect(proof, `${share}`).toMatchObject({ ok: false, reason: expect.stringMatching(/\S/) });
    }
  });

  test('P-10: one that crashes while it is loaded is told with its signal', async () => {
    const file = buildAddon('crashing', temporaryFolder());
    expect(await proveNative(node, file)).toEqual({
      ok: false,
      reason: 'it ended by SIGSEGV',
      signal: 'SIGSEGV',
    });
  });

  test('P-10: one that never comes back is given up', async () => {
    const file = buildAddon('hanging', temporaryFolder());
    expect(reasonOf(await proveNative(node, file, { limitMs: 1000 }))).toBe('it did not load in time');
  });

  const fetched = isFull ? recentNode().catch(() => null) : Promise.resolve(null);
  if (!isFull) console.log('skipped: P-34 with a second Node, because only a full run fetches one');
  test.skipIf(!isFull)(
    'P-34: a newer Node refuses what V8 binds to ours, and loads what Node-API does not',
    async () => {
      const newer = await fetched;
      expect(newer).not.toBeNull();
      const folder = temporaryFolder();
      const [v8, napi] = [buildAddon('v8', folder), buildAddon('napi', folder)];
      expect(await proveNative(node, v8)).toEqual({ ok: true });
      const reason = reasonOf(await proveNative(newer ?? '', v8));
      expect(reason).toMatch(
        /v8\.node.* was compiled against a different Node\.js version|Module did not self-register/,
      );
      expect(reason).not.toContain(folder);
      expect(await proveNative(newer ?? '', napi)).toEqual({ ok: true });
    },
  );
});

describe('P-10: packages', () => {
  const manifest = (more: object): string => JSON.stringify({ name: 'native', ...more });

  test.each([
    ['of CommonJS', { 'package.json': manifest({}), 'index.js': 'module.exports = 1' }],
    [
      'of modules, by exports',
      {
        'package.json': manifest({ type: 'module', exports: { import: './x.js' } }),
        'x.js': 'await 0; export default 1',
      },
    ],
    [
      'that prints',
      { 'package.json': manifest({}), 'index.js': 'console.log("hello"); setInterval(() => {}, 1000)' },
    ],
  ])('P-10: one %s is loaded as its loader would', async (_, files) => {
    expect(await proveNative(node, writePackage(files))).toEqual({ ok: true });
  });

  test.each([
    ['throws', 'throw new Error("no way")', 'no way'],
    ['names places', 'throw new Error("at /opt/x/y.js and C:\\\\apps\\\\z.node")', 'at y.js and z.node'],
    ['exits as if all were well', 'process.exit(0)', 'it ended the process with code 0'],
    ['crashes when all is done', 'process.on("exit", () => process.abort())', 'it ended by SIGABRT'],
    ['exits', 'process.exit(7)', 'it ended the process with code 7'],
    [
      'prints without end',
      'require("node:child_process").execFileSync("yes", { stdio: "inherit" })',
      'it prints without end',
    ],
    [
      'asks for what is not there',
      'require("/opt/some app/missing.js")',
      /^Cannot find module 'missing\.js' Require stack: - native\/index\.js$/,
    ],
  ])('P-10: one that %s is not proven', async (_, program, reason) => {
    const dir = writePackage({ 'package.json': manifest({}), 'index.js': program });
    expect(reasonOf(await proveNative(node, dir))).toMatch(reason);
  });

  test('P-16: a reason names the file, and no folder', async () => {
    const file = path.join(temporaryFolder(), 'text.node');
    writeFileSync(file, 'no library');
    const reason = reasonOf(await proveNative(node, file));
    expect(reason).toContain('text.node');
    expect(reason).not.toContain('/');
  });

  test('P-37: what could change the loading from outside does not reach it', async () => {
    const program = 'if (process.env.NODE_OPTIONS || process.env.LD_PRELOAD) throw new Error("dirty")';
    const dir = writePackage({ 'package.json': manifest({}), 'index.js': program });
    process.env.NODE_OPTIONS = '--no-warnings';
    try {
      expect(await proveNative(node, dir)).toEqual({ ok: true });
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });

  test.each([
    ['/no/such/file.node', node, 'there is no file.node'],
    ['/dev/null', node, 'there is no null'],
    [import.meta.filename, 'bash', 'the executable is no Node and no Python'],
  ])('P-10: %s in %s is answered', async (target, exec, reason) => {
    expect(reasonOf(await proveNative(exec, target))).toBe(reason);
  });
});

const found = interpreters().map(each => ({ ...each, include: pythonHeaders(each.exec) }));
const [python, other] = found.filter(({ include }) => include !== null);
if (python === undefined)
  console.log('skipped: P-10 with Python extensions, because no headers are found here');
describe.skipIf(python === undefined)('P-10: Python extensions', () => {
  const build = async (folder: string, name: string, stable = false): Promise<string> => {
    const abi = await probeAbi(python?.exec ?? '');
    const suffix = abi?.kind === 'python' ? (abi.suffixes[0] ?? '') : '';
    return buildExtension(python?.include ?? '', folder, name, stable ? '.abi3.so' : suffix);
  };

  test('P-10: one is loaded by file and by package, in its own interpreter', async () => {
    const dir = writePackage({ '__init__.py': 'from . import core' });
    const file = await build(dir, 'core');
    expect(await proveNative(python?.exec ?? '', file)).toEqual({ ok: true });
    expect(await proveNative(python?.exec ?? '', dir)).toEqual({ ok: true });
  });

  if (other === undefined) console.log('skipped: P-34 with a second Python, because there is none here');
  test.skipIf(other === undefined)(
    'P-34: another Python refuses it, and takes one of the stable ABI',
    async () => {
      const folder = temporaryFolder();
      const file = await build(folder, 'core');
      const reason = reasonOf(await proveNative(other?.exec ?? '', file));
      expect(reason).toMatch(/^ImportError: this Python does not import \*\.cpython-\d+/);
      expect(await proveNative(other?.exec ?? '', await build(folder, 'stable', true))).toEqual({ ok: true });
    },
  );

  test('P-10: an error while importing is told by its kind, without paths', async () => {
    const dir = writePackage({ '__init__.py': 'open("/no/such/place")' });
    expect(reasonOf(await proveNative(python?.exec ?? '', dir))).toMatch(/^FileNotFoundError: .*'place'$/);
  });
});
