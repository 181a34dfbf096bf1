import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Abi } from '#src/natives/abi.js';
import { buildFromSource } from '#src/natives/build.js';
import type { NativeDependency } from '#src/natives/dependency.js';
import { readOffer } from '#src/natives/offer-reader.js';
import { nativeDependency } from '#src/natives/options.js';
import { type Pins, pinNatives } from '#src/natives/pinning.js';
import { probeAbi } from '#src/natives/probe.js';
import { proveTree } from '#src/natives/trees/prove.js';
import { verdictOn } from '#src/natives/verdict.js';
import type { StagingOptions } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { stagingInWorker } from '#src/staging/worker-effects.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { askRegistry, recentNode } from '../../examples/demo/real-packages.ts';
import { temporaryFolder } from '../support/folder.ts';
import { buildAddon, noNodeBuild } from '../support/natives/addons.ts';
import { isFull } from '../support/proof/run.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const spec = 'node-pty@1.2.0-beta.11';

const unreachable = isFull
  ? await askRegistry(spec).then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null) process.stderr.write(`test/flows/node-pty.test.ts is skipped: ${unreachable}\n`);

/** Opens a real terminal and prints what a shell said in it, found by `require` and by `import` from beside the packages. */
const openTerminal = `
  const { spawn } = require('node-pty');
  import('node-pty').then(imported => {
    if (imported.spawn !== spawn) throw new Error('two copies');
    const shell = process.platform === 'win32' ? ['cmd.exe', ['/c', 'echo', 'terminal-is-there']] : ['/bin/sh', ['-c', 'test -t 0 && echo terminal-is-there']];
    const pty = spawn(shell[0], shell[1], { cols: 80, rows: 24 });
    pty.onData(data => process.stdout.write(data));
    pty.onExit(({ exitCode }) => process.exit(exitCode));
  });
`;

const abiOf = async (exec: string): Promise<Abi> => {
  const abi = await probeAbi(exec);
  if (abi === null) throw new TypeError(`${exec} is no runtime`);
  return abi;
};

const wrong = (value: unknown, expected: string): Error =>
  new TypeError(`${JSON.stringify(value)} must be ${expected}`);

const options = (folder: string): StagingOptions => ({
  package: 'app-runtime',
  channel: 'latest',
  registry: undefined,
  store: path.join(folder, 'store'),
  bundledVersion: null,
  entry: undefined,
  natives: [],
  exec: process.execPath,
  execFacts: null,
  abi: '',
  shellVersion: '',
  limits: defaultLimits,
});

/** A tree with what is pinned, filled for one executable. */
const installed = async (exec: string, native: NativeDependency): Promise<string> => {
  const folder = temporaryFolder();
  const tree = path.join(folder, 'tree');
  const effects = stagingInWorker(options(folder));
  onTestFinished(() => effects.close());
  const request = { abi: await abiOf(exec), exec, folder, tree, pins: native.pins };
  await effects.fetchNatives(request, never, () => undefined);
  return tree;
};

const proven = async (exec: string, tree: string, native: NativeDependency) =>
  proveTree(fs, { abi: await abiOf(exec), exec, tree, natives: [native], probe: probeAbi });

/** Registers for another version than that of this Node, which is as long; all else of it stays. */
const forAnotherNode = (addon: string): void => {
  const bytes = readFileSync(addon, 'latin1');
  const own = `node_register_module_v${process.versions.modules}`;
  const other = `node_register_module_v${Number(process.versions.modules) - 1}`;
  expect(bytes).toContain(own);
  writeFileSync(addon, bytes.replaceAll(own, other), 'latin1');
};

describe.skipIf(unreachable !== null)('the real node-pty', { timeout: 240_000 }, () => {
  let recent: string;
  let pins: Pins;
  let native: NativeDependency;
  const nodes = (): readonly string[] => [process.execPath, recent];

  beforeAll(async () => {
    recent = await recentNode();
    pins = await pinNatives({ specs: [spec], registry: undefined, limits: defaultLimits }, never);
    native = nativeDependency({ name: 'node-pty', install: pins }, null, wrong);
  }, 240_000);

  test('its pins are exact versions with their hashes, and pass as an option', () => {
    expect(Object.keys(pins)).toEqual([expect.stringMatching(/^node-addon-api@7\./), spec]);
    expect(native.pins.map(({ hashes }) => hashes)).toEqual(Object.values(pins).map(hash => [hash]));
  });

  test('N-04: pinned, it is installed for this Node and for a recent one, loads in each, and works in a real pty', async () => {
    const tags = await Promise.all(nodes().map(async exec => (await abiOf(exec)).tag));
    expect(new Set(tags).size).toBe(new Set(nodes()).size);
    for (const exec of nodes()) {
      const tree = await installed(exec, native);
      expect(await proven(exec, tree, native)).toEqual({ kind: 'loaded' });
      const script = path.join(tree, 'node_modules', 'terminal.cjs');
      writeFileSync(script, openTerminal);
      const { stdout } = await run(exec, [script]);
      expect(stdout).toContain('terminal-is-there');
    }
  });

  test.skipIf(noNodeBuild !== null)(
    'N-07: an addon for another Node is refused under each before anything of its package is loaded',
    async () => {
      for (const exec of nodes()) {
        const folder = temporaryFolder();
        const dir = path.join(folder, 'node_modules', 'addon');
        const stain = path.join(folder, 'stain');
        mkdirSync(dir, { recursive: true });
        const addon = buildAddon('v8', dir);
        if (exec === process.execPath) forAnotherNode(addon);
        writeFileSync(path.join(dir, 'package.json'), '{"name":"addon","version":"1.0.0","main":"main.js"}');
        const main = `require('fs').writeFileSync(${JSON.stringify(stain)}, ''); require('./v8.node');`;
        writeFileSync(path.join(dir, 'main.js'), main);
        const offer = readOffer(fs, dir);
        const abi = await abiOf(exec);
        expect(offer === null ? null : verdictOn(offer, abi)).toMatchObject({ kind: 'does-not-fit' });
        const wanted = nativeDependency({ name: 'addon', dir, build: true }, null, wrong);
        expect(await proven(exec, folder, wanted)).toMatchObject({
          kind: 'refused',
          failure: { code: 'NATIVE_ABI_MISMATCH' },
          buildable: true,
        });
        expect(existsSync(stain)).toBe(false);
        // It would have told of being loaded.
        await run(exec, [path.join(dir, 'main.js')]).catch(() => undefined);
        expect(existsSync(stain)).toBe(true);
      }
    },
  );

  test.skipIf(noNodeBuild !== null)(
    'N-12: an addon that goes by V8 is built for a recent Node with the headers beside it, and serves that one alone',
    async () => {
      const tree = path.join(temporaryFolder(), 'tree');
      const dir = path.join(tree, 'node_modules', 'addon');
      mkdirSync(dir, { recursive: true });
      buildAddon('v8', dir);
      renameSync(path.join(dir, 'v8.node.cc'), path.join(dir, 'v8.cc'));
      rmSync(path.join(dir, 'v8.node'));
      const manifest = '{"name":"addon","version":"1.0.0","main":"build/Release/v8.node"}';
      writeFileSync(path.join(dir, 'package.json'), manifest);
      const binding = { targets: [{ target_name: 'v8', sources: ['v8.cc'] }] };
      writeFileSync(path.join(dir, 'binding.gyp'), JSON.stringify(binding));
      const wanted = nativeDependency({ name: 'addon', dir, build: true }, null, wrong);
      const abi = await abiOf(recent);
      await buildFromSource({ abi, exec: recent, tree, names: ['addon'], files: [] }, never);
      expect(await proven(recent, tree, wanted)).toEqual({ kind: 'loaded' });
      if (recent !== process.execPath)
        expect(await proven(process.execPath, tree, wanted)).toMatchObject({ kind: 'refused' });
    },
  );
});
