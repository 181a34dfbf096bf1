import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NativesOutcome } from '#machines/contract.js';
import type { NativesEmitted } from '#machines/natives.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { createInstaller } from '#src/natives/installer.js';
import { createMatching, type MatchNatives } from '#src/natives/matching.js';
import { nativeDependency } from '#src/natives/options.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { treesOf } from '#src/natives/tree-place.js';
import { listTrees, removeTrees } from '#src/natives/trees/upkeep.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { takeLease } from '#src/store/lease.js';
import { makePackage, type PackedPackage } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { crossBytes } from '../../support/natives/cross-files.ts';
import { type FetchWorld, fetchWorld } from '../../support/natives/fetching.ts';

const never = new AbortController().signal;
const { tag, platform, arch } = ownAbi();

/** Node packages that are real, and which Node loads here: the file is for glibc or musl as this machine is. */
const here = ownAbi().libc === 'musl' ? 'linux-x64-musl' : 'linux-x64-gnu';
const elsewhere = 'linux-arm64-musl';
const isHere = platform === 'linux' && arch === 'x64';
if (!isHere) console.log('skipped: trees with real files, because those of the tests are for linux-x64');

const pty = (file: Buffer): PackedPackage =>
  makePackage({
    name: 'pty',
    version: '1.0.0',
    files: { 'index.js': "module.exports = require('./pty.node');\n", 'pty.node': file },
  });

type Scene = {
  readonly world: FetchWorld;
  readonly match: MatchNatives;
  readonly told: readonly NativesEmitted[];
  readonly settled: () => Promise<NativesOutcome>;
};

let cache: string;
beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(() => vi.unstubAllEnvs());

/** A bundle whose native is for another system, and a registry with the pinned one. */
const scene = async (packed = pty(crossBytes(here)), mode: 'auto' | 'skip' = 'auto'): Promise<Scene> => {
  const world = await fetchWorld();
  world.registry.publish(packed);
  const bundled = temporaryFolder();
  const dir = path.join(bundled, 'node_modules', 'pty');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"name":"pty"}');
  writeFileSync(path.join(dir, 'pty.node'), crossBytes(elsewhere));
  const told: NativesEmitted[] = [];
  const install = { 'pty@1.0.0': packed.integrity };
  const native = nativeDependency({ name: 'pty', install }, bundled, value => new TypeError(String(value)));
  const match = createMatching(
    { fs, exec: process.execPath, natives: [native], mode, ownPath: () => [] },
    {
      memory: forgetful,
      tell: event => told.push(event),
      install: async wanted =>
        createInstaller(wanted, { fs, fetch: world.effects.fetchNatives, report: () => undefined }),
    },
  );
  return { world, match, told, settled: () => match({ candidate: null }, never) };
};

const typesOf = (told: readonly NativesEmitted[]): readonly string[] => told.map(({ type }) => type);

test.runIf(isHere)(
  'N-04, N-05: installed once with one word to the user, and found in silence from then on',
  async () => {
    const { world, told, settled } = await scene();
    const first = await settled();
    expect(first).toMatchObject({
      kind: 'ready',
      tag,
      failure: null,
      places: [{ name: 'pty', from: 'tree' }],
    });
    expect(typesOf(told)).toEqual(['natives.installing', 'natives.settled']);
    const stamp = first.tree?.stamp ?? '';
    const dir = treesOf(tag).version(stamp);
    expect(dir.startsWith(path.join(cache, 'stagedoor', 'runtime', tag))).toBe(true);
    expect(existsSync(path.join(dir, 'node_modules', 'pty', 'pty.node'))).toBe(true);
    const requests = world.registry.requests.length;
    expect(await settled()).toEqual({ ...first, kind: 'cached' });
    expect(world.registry.requests.length).toBe(requests);
    expect(typesOf(told).filter(type => type === 'natives.installing')).toHaveLength(1);
    expect(readdirSync(treesOf(tag).versions)).toEqual([stamp]);
  },
);

test.runIf(isHere)('N-05: mode skip installs nothing, uses no tree, and the gate decides', async () => {
  await (await scene()).settled();
  const { world, settled } = await scene(pty(crossBytes(here)), 'skip');
  expect(await settled()).toMatchObject({
    kind: 'skipped',
    tree: null,
    failure: {
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringContaining('stagedoor natives ensure pty'),
    },
  });
  expect(world.registry.requests).toHaveLength(0);
});

test.runIf(isHere)(
  'P-34: what was installed and is for something else is refused before it is loaded, and leaves nothing',
  async () => {
    const { settled, told } = await scene(pty(crossBytes(elsewhere)));
    expect(await settled()).toMatchObject({
      kind: 'unavailable',
      tree: null,
      failure: { code: 'NATIVE_ABI_MISMATCH' },
    });
    expect(typesOf(told)).toEqual(['natives.installing', 'natives.settled']);
    expect(readdirSync(treesOf(tag).versions)).toEqual([]);
  },
);

test.runIf(isHere)(
  'P-10: a file that was cut off since is found by its hash, set aside and installed anew',
  async () => {
    const { settled } = await scene();
    const { tree } = await settled();
    const file = path.join(treesOf(tag).version(tree?.stamp ?? ''), 'node_modules/pty/pty.node');
    truncateSync(file, 4096);
    expect((await listTrees(fs)).map(({ damage }) => damage)).toEqual([expect.stringContaining('pty.node')]);
    expect(await settled()).toMatchObject({ kind: 'ready', tree });
    expect((await listTrees(fs)).map(({ damage, names }) => [damage, names])).toEqual([[null, ['pty']]]);
  },
);

test.runIf(isHere)('N-04: of many at once, one installs and all get the same tree', async () => {
  const { world, settled, told } = await scene();
  const outcomes = await Promise.all(Array.from({ length: 5 }, settled));
  expect(new Set(outcomes.map(({ tree }) => tree?.stamp)).size).toBe(1);
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['cached', 'cached', 'cached', 'cached', 'ready']);
  expect(typesOf(told).filter(type => type === 'natives.installing')).toHaveLength(1);
  expect(world.asked().filter(url => url.includes('.tgz'))).toHaveLength(1);
});

test.runIf(isHere)('an abort in the middle is told as such and leaves nothing behind', async () => {
  const { world, match } = await scene();
  const abort = new AbortController();
  const outcome = match({ candidate: null }, abort.signal);
  await vi.waitUntil(() => world.registry.requests.length > 0, { timeout: 10_000, interval: 1 });
  abort.abort(new Error('the host stops'));
  await expect(outcome).rejects.toThrow('the host stops');
  expect(readdirSync(treesOf(tag).versions)).toEqual([]);
});

test.runIf(isHere)('P-12: a tree that a living process holds is neither removed nor collected', async () => {
  const { settled } = await scene();
  const { tree } = await settled();
  const stamp = tree?.stamp ?? '';
  const lease = await takeLease(fs, treesOf(tag), stamp);
  expect(await removeTrees(fs)).toMatchObject({ removed: [], inUse: [{ tag, stamp }] });
  await lease.release();
  expect(await removeTrees(fs)).toMatchObject({ removed: [{ tag, stamp }], inUse: [] });
  expect(await listTrees(fs)).toEqual([]);
});
