import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { NativesOutcome } from '#machines/contract.js';
import { createAttemptBook } from '#src/launching/attempt-book.js';
import { childFiles } from '#src/launching/child-files.js';
import { childOrders } from '#src/launching/child-orders.js';
import { createRuntimes, type RuntimeFact } from '#src/launching/runtime.js';
import { launchSetup } from '#src/launching/setup.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { treesOf } from '#src/natives/tree-place.js';
import { liveLeases } from '#src/store/lease.js';
import { fs, until } from '../../support/app-world.ts';
import { temporaryFolder } from '../../support/folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** As a packer leaves it: an archive is a file, and beside it may be what was unpacked. */
const packed = (unpacked: boolean) => {
  const resources = temporaryFolder();
  writeFileSync(path.join(resources, 'app.asar'), 'an archive');
  const inside = 'node_modules/stagedoor';
  const place = path.join(resources, 'app.asar.unpacked', inside);
  if (unpacked) {
    for (const part of ['dist/src/child', 'src/child/python'])
      cpSync(path.join(root, part), path.join(place, part), { recursive: true });
  }
  return { inside: path.join(resources, 'app.asar', inside), place };
};

test('N-11: our files are taken from where an archive was unpacked; inside one a plain Node is given none', () => {
  const [there, absent] = [packed(true), packed(false)];
  expect(childFiles(ownAbi(), [there.inside])?.identity).toBe(
    path.join(there.place, 'dist/src/child/identity.cjs'),
  );
  expect(childFiles(ownAbi(), [absent.inside])).toBeNull();
  expect(childFiles(ownAbi())?.python).toBe(path.join(root, 'src/child/python'));
});

/** A tree in a cache of its own. */
const treeWorld = () => {
  const folder = temporaryFolder();
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = path.join(folder, 'cache');
  onTestFinished(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  const bundled = path.join(folder, 'bundled');
  mkdirSync(bundled);
  writeFileSync(
    path.join(bundled, 'package.json'),
    '{ "name": "led-runtime", "version": "1.0.0", "main": "main.cjs" }',
  );
  writeFileSync(
    path.join(bundled, 'main.cjs'),
    'process.stdin.resume(); setInterval(() => undefined, 1000);',
  );
  const { tag } = ownAbi();
  const tree = { tag, stamp: '1.0.0-tree', names: ['@some/part'] };
  const dir = path.join(treesOf(tag).version(tree.stamp), 'node_modules/@some/part');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{ "name": "@some/part" }');
  const natives = [
    { name: '@some/part', dir: path.join(folder, 'none') },
    { name: 'here', dir: path.join(folder, 'here') },
    { name: 'fits', dir: path.join(folder, 'fits') },
  ];
  const setup = launchSetup({ package: 'led-runtime', bundled, store: path.join(folder, 'store'), natives });
  const outcome: NativesOutcome = {
    kind: 'cached',
    tag,
    places: [
      { name: '@some/part', from: 'tree' },
      { name: 'here', from: 'bundle' },
      { name: 'fits', from: 'own' },
    ],
    tree,
    failure: null,
    fault: null,
  };
  return { folder, setup, outcome, tree, dir };
};

test('N-08: a child is told the folders of the tree and of the bundle, and nothing of what fits by itself', async () => {
  const { folder, setup, outcome, dir } = treeWorld();
  const { env, execArgv } = await childOrders(setup, {
    natives: outcome,
    identity: 'a-file',
    guarded: false,
  });
  expect(JSON.parse(String(env.STAGEDOOR_NATIVE_DIRS))).toEqual({
    '@some/part': dir,
    here: path.join(folder, 'here'),
  });
  expect(env).toMatchObject({
    STAGEDOOR_NATIVE_ABI: process.versions.modules,
    STAGEDOOR_IDENTITY: 'a-file',
  });
  expect(execArgv.map(word => path.basename(word))).toEqual([
    '--require',
    'natives.cjs',
    '--require',
    'identity.cjs',
  ]);
});

test('N-08: the tree that a child loads from is leased while it lives', async () => {
  const { setup, outcome, tree } = treeWorld();
  const trees = treesOf(tree.tag);
  const book = createAttemptBook(setup.fs, setup.layout);
  const candidate = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;
  const { id } = await book.open(candidate);
  const runtimes = createRuntimes(setup, book);
  const facts: RuntimeFact['type'][] = [];
  const handle = runtimes.start({ candidate, attempt: { id, candidate }, natives: outcome }, ({ type }) =>
    facts.push(type),
  );
  await until(() => facts.includes('runtime.spawned'));
  expect([...liveLeases(fs, trees)]).toEqual([tree.stamp]);
  handle.order({ type: 'runtime.end', because: 'asked' });
  await until(() => facts.includes('runtime.exited'));
  expect([...liveLeases(fs, trees)]).toEqual([]);
});

/** As a bundler or a packer leaves us that has taken our code, and not the files for a child. */
const withoutChildFiles = async () => {
  const place = temporaryFolder();
  const child = path.join(root, 'dist/src/child');
  const filter = (file: string): boolean => !file.startsWith(child);
  for (const part of ['dist/src', 'dist/machines'])
    cpSync(path.join(root, part), path.join(place, part), { recursive: true, filter });
  cpSync(path.join(root, 'package.json'), path.join(place, 'package.json'));
  symlinkSync(path.join(root, 'node_modules'), path.join(place, 'node_modules'));
  const file = path.join(place, 'dist/src/launching/runtime.js');
  return (await import(pathToFileURL(file).href)) as { createRuntimes: typeof createRuntimes };
};

test('N-11: where our files are gone, who must be led is refused; who would only say who it is starts', async () => {
  const { setup, outcome } = treeWorld();
  const { createRuntimes: create } = await withoutChildFiles();
  const book = createAttemptBook(setup.fs, setup.layout);
  const candidate = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;
  const own = { ...outcome, places: [{ name: 'fits', from: 'own' }], tree: null } as const;
  const told: string[] = [];
  for (const natives of [outcome, own]) {
    const { id } = await book.open(candidate);
    const runtimes = create(setup, book, { unled: ({ message }) => told.push(`unled: ${message}`) });
    const facts: RuntimeFact[] = [];
    const handle = runtimes.start({ candidate, attempt: { id, candidate }, natives }, fact =>
      facts.push(fact),
    );
    await until(() => facts.length > 0);
    told.push(facts[0]?.type === 'runtime.refused' ? facts[0].failure.message : (facts[0]?.type ?? ''));
    handle.order({ type: 'runtime.end', because: 'asked' });
    await until(() => facts.some(({ type }) => type !== 'runtime.spawned'));
  }
  expect(told).toEqual([
    expect.stringMatching(/^the runtime can't be told where its natives are/),
    expect.stringMatching(/^unled: the runtime can't say who it is/),
    'runtime.spawned',
  ]);
});
