import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NativesEmitted } from '#machines/natives.js';
import { StagedoorError } from '#src/failure.js';
import { hashTree } from '#src/natives/building/built-files.js';
import type { NativeDependency } from '#src/natives/dependency.js';
import type { FetchNatives } from '#src/natives/fetching.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { createInstaller } from '#src/natives/installer.js';
import { createMatching, type MatchNatives } from '#src/natives/matching.js';
import { nativeDependency } from '#src/natives/options.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { nativesReport } from '#src/natives/report.js';
import { treesOf } from '#src/natives/tree-place.js';
import { proveTree } from '#src/natives/trees/prove.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { subject } from '../../support/charts/natives-events.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { pythonOn } from '../../support/natives/abis.ts';
import { misfittingFile } from '../../support/natives/cross-files.ts';

const { tag } = ownAbi();
const misfit = readFileSync(misfittingFile());
const hash = `sha512-${'A'.repeat(86)}==`;
const never = new AbortController().signal;
const nobody = { candidate: null };

beforeEach(() => vi.stubEnv('XDG_CACHE_HOME', temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());

const put = (file: string, text: string | Buffer): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const bundleWith = (names: readonly string[], plain: readonly string[] = []): string => {
  const bundle = temporaryFolder();
  for (const name of [...names, ...plain])
    put(path.join(bundle, 'node_modules', name, 'package.json'), JSON.stringify({ name }));
  for (const name of names) put(path.join(bundle, 'node_modules', name, `${name}.node`), misfit);
  return bundle;
};

type Option = { readonly name: string; readonly pins?: readonly string[]; readonly build?: boolean };

const nativeOf = (bundle: string, { name, pins = [], build = false }: Option): NativeDependency => {
  const install = Object.fromEntries(pins.map(pin => [`${pin}@1.0.0`, hash]));
  const option = { name, ...(pins.length === 0 ? {} : { install, build }) };
  return nativeDependency(option, bundle, value => new TypeError(String(value)));
};

/** What a registry would give: a package each, with these further files. */
const fetching =
  (
    files: Readonly<Record<string, string | Buffer>> = {},
    first: () => void = () => undefined,
  ): FetchNatives =>
  async ({ tree, pins }, signal) => {
    first();
    for (const { name } of pins) {
      put(path.join(tree, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
      put(path.join(tree, 'node_modules', name, 'index.js'), 'module.exports = 1;\n');
    }
    for (const [file, text] of Object.entries(files)) put(path.join(tree, 'node_modules', file), text);
    return { files: await hashTree(fs, tree, signal) };
  };

type Scene = { readonly match: MatchNatives; readonly told: string[] };

const scene = (
  natives: readonly NativeDependency[],
  fetch: FetchNatives,
  exec: string = process.execPath,
): Scene => {
  const told: string[] = [];
  const match = createMatching(
    { fs, exec, natives, mode: 'auto', ownPath: () => [] },
    {
      memory: forgetful,
      tell: ({ type }: NativesEmitted) => told.push(type),
      install: async wanted => createInstaller(wanted, { fs, fetch, report: () => undefined }),
    },
  );
  return { match, told };
};

test('N-04: a tree with the same pins for fewer natives is another tree: an app with one more gets its own', async () => {
  const bundle = bundleWith(['a', 'b']);
  const a = nativeOf(bundle, { name: 'a', pins: ['a', 'b'] });
  const b = nativeOf(bundle, { name: 'b', pins: ['b'] });
  const first = await scene([a], fetching()).match(nobody, never);
  expect(first.kind).toBe('ready');
  const signal = AbortSignal.timeout(5_000);
  const second = await scene([a, b], fetching()).match(nobody, signal);
  expect(second).toMatchObject({ kind: 'ready', failure: null, tree: { names: ['a', 'b'] } });
  expect(second.tree?.stamp).not.toBe(first.tree?.stamp);
  expect((await scene([a], fetching()).match(nobody, never)).tree).toEqual(first.tree);
});

test('N-05, N-07: a start does not wait for what nobody can judge; who prepares has it installed', async () => {
  const natives = [nativeOf(bundleWith([], ['a']), { name: 'a', pins: ['a'] })];
  let fetches = 0;
  const { match, told } = scene(
    natives,
    fetching({}, () => {
      fetches += 1;
    }),
  );
  expect(await match(subject, never)).toMatchObject({ kind: 'unavailable', failure: null });
  expect([fetches, told.includes('natives.installing')]).toEqual([0, false]);
  expect(await match(nobody, never)).toMatchObject({ kind: 'ready', failure: null });
  expect(await match(subject, never)).toMatchObject({ kind: 'cached', failure: null });
  expect(fetches).toBe(1);
});

test('N-07: why nothing could be installed is told also where the gate stays open', async () => {
  const natives = [nativeOf(bundleWith([], ['a']), { name: 'a', pins: ['a'] })];
  const events: NativesEmitted[] = [];
  const failing = async () => {
    throw new StagedoorError('REGISTRY_UNREACHABLE', 'no answer');
  };
  const match = createMatching(
    { fs, exec: process.execPath, natives, mode: 'auto', ownPath: () => [] },
    {
      memory: forgetful,
      tell: event => events.push(event),
      install: async wanted => createInstaller(wanted, { fs, fetch: failing, report: () => undefined }),
    },
  );
  const fault = { code: 'REGISTRY_UNREACHABLE', message: 'no answer' };
  const outcome = await match(nobody, never);
  expect(outcome).toMatchObject({ kind: 'unavailable', failure: null, fault });
  expect(nativesReport(outcome)).toMatchObject({ outcome: 'unavailable', error: null, fault });
  expect(events.at(-1)).toMatchObject({ type: 'natives.settled', outcome: { fault } });
});

test('N-04: what is pinned and fits nowhere is installed, whatever else nobody can judge', async () => {
  const bundle = bundleWith(['a'], ['plain']);
  const natives = [nativeOf(bundle, { name: 'a', pins: ['a'] }), nativeOf(bundle, { name: 'plain' })];
  expect(await scene(natives, fetching()).match(subject, never)).toMatchObject({
    kind: 'ready',
    failure: null,
    places: [{ name: 'a', from: 'tree' }],
  });
});

test('S-07: the scratch goes also where the executable has gone meanwhile, and nobody waits for it', async () => {
  const exec = path.join(temporaryFolder(), 'node');
  copyFileSync(process.execPath, exec);
  chmodSync(exec, 0o755);
  const natives = [nativeOf(bundleWith(['a']), { name: 'a', pins: ['a'] })];
  const leaves = fetching({}, () => renameSync(exec, `${exec}.old`));
  expect((await scene(natives, leaves, exec).match(nobody, never)).kind).toBe('unavailable');
  const layout = treesOf(tag);
  const left = readdirSync(layout.versions).flatMap(name => readdirSync(path.join(layout.versions, name)));
  expect(left).toEqual([]);
  renameSync(`${exec}.old`, exec);
  const again = scene(natives, fetching(), exec);
  expect((await again.match(nobody, AbortSignal.timeout(5_000))).kind).toBe('ready');
  expect(again.told).not.toContain('natives.waiting');
});

test('P-10: what was fetched and does not load is not fetched again for the next candidate', async () => {
  let fetches = 0;
  const count = (): void => {
    fetches += 1;
  };
  const natives = [nativeOf(bundleWith(['a']), { name: 'a', pins: ['a'] })];
  const { match } = scene(natives, fetching({ 'a/index.js': 'throw new Error("it is broken");\n' }, count));
  const [first, second] = [await match(subject, never), await match(subject, never)];
  expect(first.failure?.message).toContain('it is broken');
  expect(second.failure).toEqual(first.failure);
  expect(fetches).toBe(1);
});

test('N-04: a build that failed is not tried again for the next candidate', async () => {
  let fetches = 0;
  const count = (): void => {
    fetches += 1;
  };
  const natives = [nativeOf(bundleWith(['a']), { name: 'a', pins: ['a'], build: true })];
  const { match } = scene(natives, fetching({ 'a/a.node': misfit }, count));
  const [first, second] = [await match(subject, never), await match(subject, never)];
  expect(first.failure?.message).toContain('a can not be built: it has no binding.gyp');
  expect(second.failure).toEqual(first.failure);
  expect(fetches).toBe(1);
});

test('N-04: of those that may be built, one that loads is left as it is', async () => {
  const bundle = bundleWith(['a', 'b']);
  const natives = ['b', 'a'].map(name => nativeOf(bundle, { name, pins: [name], build: true }));
  const { match } = scene(natives, fetching({ 'a/a.node': misfit }));
  const { kind, failure } = await match(nobody, never);
  expect(kind).toBe('unavailable');
  expect(failure?.message).toContain('a can not be built: it has no binding.gyp');
});

test('P-13, P-35: an installation collects the trees of ABIs that are gone, with whatever stamp', async () => {
  const natives = [nativeOf(bundleWith(['a']), { name: 'a', pins: ['a'] })];
  const { tree } = await scene(natives, fetching()).match(nobody, never);
  const stamp = tree?.stamp ?? '';
  const gone = treesOf('linux-x64-glibc-electron100').version(stamp);
  renameSync(treesOf(tag).version(stamp), `${temporaryFolder()}/away`);
  put(path.join(gone, 'node_modules/a/index.js'), '');
  fs.utimesSync(gone, 1, 1);
  expect((await scene(natives, fetching()).match(nobody, never)).tree).toEqual(tree);
  expect(existsSync(gone)).toBe(false);
});

test('N-04: a package of Python is never built after a proof: the reason stays what it was', async () => {
  const abi = pythonOn('cpython-311-x86_64-linux-gnu', '3.11.7');
  const native = { ...nativeOf(bundleWith([]), { name: 'mod', pins: ['mod'], build: true }), module: 'mod' };
  const proof = { abi, exec: 'python3', tree: temporaryFolder(), natives: [native], probe: async () => abi };
  expect(await proveTree(fs, proof)).toMatchObject({
    kind: 'refused',
    failure: { message: 'mod is not among what was installed' },
    buildable: false,
  });
});
