import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { NativesOutcome } from '#machines/contract.js';
import { childOrders } from '#src/launching/child-orders.js';
import { launchSetup } from '#src/launching/setup.js';
import { probeAbi } from '#src/natives/probe.js';
import { treesOf } from '#src/natives/tree-place.js';
import { childEnvironment } from '#src/process/environment.js';
import { spawnRuntime } from '#src/process/spawn.js';
import { takeIdentity } from '#src/store/attempt-identity.js';
import { storeLayout } from '#src/store/layout.js';
import { fs } from '../../support/app-world.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { buildExtension, pythonHeaders } from '../../support/natives/addons.ts';
import { interpreters } from '../../support/natives/interpreters.ts';

const pythons = interpreters();
if (pythons.length === 0) console.warn('Python children are not tested: there is no Python here');

const program = `
import json, os, sys
import native_part, helper, shared
import shared.own_part
try:
    import only_there
except ImportError:
    only_there = None
print(json.dumps({
    "native": native_part.__file__, "extra": only_there and only_there.__file__, "other": os.environ.get("OTHER_RAN"),
    "helper": helper.__file__, "path": sys.path, "identity": os.environ.get("STAGEDOOR_IDENTITY"), "flags": sys.flags.no_site,
}))
`;

type Said = {
  readonly native: string;
  readonly extra: string | null;
  readonly helper: string;
  readonly other: string | null;
  readonly path: readonly string[];
  readonly identity: string | null;
};

const suffixOf = (exec: string): string =>
  execFileSync(exec, ['-c', 'from importlib.machinery import EXTENSION_SUFFIXES as s; print(s[0])'], {
    encoding: 'utf8',
  }).trim();

/** A module of the runtime's own that is no extension, a real extension in a tree, and somebody else's sitecustomize. */
const newWorld = async (exec: string) => {
  const folder = temporaryFolder();
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
  onTestFinished(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  const abi = await probeAbi(exec, 'python');
  if (abi === null) throw new Error('no answer');
  const stamp = '1.0.0-tree';
  const tree = path.join(treesOf(abi.tag).version(stamp), 'site-packages');
  const [runtime, other] = [path.join(folder, 'runtime'), path.join(folder, 'other')];
  for (const dir of [tree, runtime, other]) mkdirSync(dir, { recursive: true });
  const include = pythonHeaders(exec);
  if (include === null) writeFileSync(path.join(tree, 'native_part.py'), '');
  else buildExtension(include, tree, 'native_part', suffixOf(exec));
  writeFileSync(path.join(tree, 'only_there.py'), '');
  writeFileSync(path.join(runtime, 'native_part.py'), '');
  for (const place of [tree, runtime]) writeFileSync(path.join(place, 'helper.py'), '');
  // A namespace is nobody's alone: what the runtime has of it must stay.
  for (const [place, part] of [
    [tree, 'tree_part.py'],
    [runtime, 'own_part.py'],
  ] as const) {
    mkdirSync(path.join(place, 'shared'));
    writeFileSync(path.join(place, 'shared', part), '');
  }
  writeFileSync(path.join(runtime, 'main.py'), program);
  writeFileSync(path.join(other, 'sitecustomize.py'), 'import os; os.environ["OTHER_RAN"] = "yes"');
  const natives: NativesOutcome = {
    kind: 'cached',
    tag: abi.tag,
    places: [{ name: 'native-part', from: 'tree' }],
    tree: { tag: abi.tag, stamp, names: ['native-part'] },
    failure: null,
    fault: null,
  };
  const layout = storeLayout(path.join(folder, 'store'));
  mkdirSync(layout.attempts, { recursive: true });
  return { exec, abi, tree, runtime, other, natives, layout };
};

type World = Awaited<ReturnType<typeof newWorld>>;

const run = async (
  { exec, runtime, other, natives, layout }: World,
  {
    by = exec,
    change = {},
  }: { readonly by?: string; readonly change?: Readonly<Record<string, string>> } = {},
) => {
  const setup = launchSetup({
    package: 'led-runtime',
    exec,
    store: layout.root,
    natives: [{ name: 'native-part', dir: runtime }],
    env: { ...process.env, PYTHONPATH: other, PYTHONDONTWRITEBYTECODE: '' },
  });
  const { env: additions } = await childOrders(setup, {
    natives,
    identity: layout.identity('one'),
    guarded: false,
  });
  const entry = path.join(runtime, 'main.py');
  const facts = { entry, attempt: 'one', version: '1.0.0', additions: { ...additions, ...change } };
  const child = spawnRuntime({ exec: by, entry, args: [], env: childEnvironment(setup.env, facts) });
  const { code } = await child.exited;
  const lines = child.tail('stdout').trim().split('\n');
  expect({ code, lines: lines.length, all: child.tail() }).toMatchObject({ code: 0, lines: 1 });
  return { said: JSON.parse(lines[0] ?? '') as Said, identity: takeIdentity(fs, layout, 'one') };
};

const packaged = fileURLToPath(new URL('../../../src/child/python', import.meta.url));

describe.each(pythons)('a child of CPython $version', ({ exec }) => {
  test('N-08: it imports from the tree what is mapped, before its own, and what it lacks; N-10: it says who it is', async () => {
    const world = await newWorld(exec);
    const { said, identity } = await run(world);
    expect(path.dirname(said.native)).toBe(world.tree);
    expect(path.dirname(said.extra ?? '')).toBe(world.tree);
    expect(path.dirname(said.helper)).toBe(world.tree);
    expect(said).toMatchObject({ other: 'yes', identity: null });
    expect(said.path).not.toContain(packaged);
    expect(identity).toEqual({ abi: world.abi, problem: null });
    // A file of the package that changes would break the seal of a signed app.
    expect(readdirSync(packaged)).toEqual(['__pycache__', 'sitecustomize.py', 'stagedoor_core_lock.py']);
    expect(fs.statSync(path.join(packaged, '__pycache__')).isFile()).toBe(true);
  });

  test('N-11: what can not be led is told with the identity, and the runtime runs as it would without us', async () => {
    const world = await newWorld(exec);
    const { said, identity } = await run(world, { change: { STAGEDOOR_NATIVE_DIRS: '{' } });
    expect(path.dirname(said.native)).toBe(world.runtime);
    expect(said.other).toBe('yes');
    expect(identity).toMatchObject({ problem: expect.stringMatching(/JSONDecodeError/) });
  });
});

test.skipIf(pythons.length < 2)(
  'N-08: another interpreter than the one that is meant is not led',
  async () => {
    const [one, another] = pythons;
    if (one === undefined || another === undefined) throw new Error('two are there');
    const world = await newWorld(one.exec);
    const { said, identity } = await run(world, { by: another.exec });
    expect(path.dirname(said.native)).toBe(world.runtime);
    expect(said.extra).toBeNull();
    expect(identity?.abi.tag).not.toBe(world.abi.tag);
  },
);
