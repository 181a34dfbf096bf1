import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compareTree } from '#src/staging/tree-proof.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { rawTarball, withTarball } from '#src/testing/index.js';
import { entry, evil, hostileEntries } from '../../../support/hostile/entries.ts';
import { filesBelow } from '../../../support/natives/fetching.ts';
import { lockWith, type NpmWorld, npmWorld, packed } from '../../../support/plugins/npm-world.ts';
import { codeOf } from '../../staging/staging-world.ts';

const lock = lockWith('react@18.3.1', '@scope/core@2.0.0', 'joined@1.0.0|');

const worldWith = async (...packages: readonly ReturnType<typeof packed>[]): Promise<NpmWorld> => {
  const world = await npmWorld({});
  for (const one of packages) world.registry.publish(one);
  return world;
};

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, main: 'index.js', ...more });

test('K-05: a plugin and what it brings lie in the tree, nested copies too, every file listed with its hash, and nothing locked', async () => {
  const world = await worldWith(
    packed(
      'plugin@1.0.0',
      { dependencies: { a: '1', b: '2', react: '^18' }, bin: { tool: './bin/tool' } },
      { 'bin/tool': '#!/bin/sh\n' },
    ),
    packed('a@1.0.0', { dependencies: { b: '1' } }),
    packed('b@1.0.0'),
    packed('b@2.0.0'),
  );
  const { files, stripped } = await world.stage('plugin', lock);
  const { tree, folder } = world.folders;
  expect(stripped).toEqual([]);
  expect(filesBelow(tree)).toEqual(files.map(file => file.path).sort());
  compareTree(nodeFileSystem, tree, files);
  const load = (place: string): string =>
    readFileSync(path.join(tree, 'node_modules', place, 'index.js'), 'utf8');
  expect([load('b'), load('a/node_modules/b')].join('')).toBe(
    "module.exports = 'b@2.0.0';\nmodule.exports = 'b@1.0.0';\n",
  );
  expect(readdirSync(path.join(tree, 'node_modules'))).toEqual(['a', 'b', 'plugin']);
  expect(readdirSync(folder)).toEqual(['tree']);
});

test('K-06: copies of what is locked are left out of an archive, wherever they lie as packages and under whatever name, and told', async () => {
  const copy = (name: string) => manifest(name, '17.0.2', { dependencies: { '@scope/core': '^1' } });
  const world = await worldWith(
    packed(
      'plugin@1.0.0',
      {},
      {
        'node_modules/react/package.json': copy('react'),
        'node_modules/react/index.js': '',
        'other/node_modules/React/lib/x.js': '',
        'cased/Node_Modules/react/x.js': '',
        'node_modules/own/package.json': manifest('own', '1.0.0'),
        'node_modules/own/index.js': '',
        'node_modules/own/node_modules/@scope/core/deep/index.js': '',
        'node_modules/hidden/package.json': copy('joined'),
        'lib/node_modules/react.js': '',
        'vendor/old/package.json': copy('React'),
        'vendor/old/cjs/react.js': '',
        'vendor/indexed/package.json': '{"name":"react"}',
        'vendor/indexed/index.json': '{}',
        'vendor/note/package.json': '{"name":"react","type":"module"}',
        'vendor/note/react.js': '',
        'node_modules/alias/dist/cjs/package.json': copy('react'),
        'node_modules/alias/package.json': manifest('alias', '1.0.0'),
        'react/index.js': '',
        'broken/package.json': '{',
      },
    ),
  );
  const { files, stripped } = await world.stage('plugin', lock);
  expect(stripped).toEqual(['@scope/core', 'joined', 'react']);
  const left = [
    ...['broken/package.json', 'index.js', 'node_modules/alias/dist/cjs/package.json'],
    ...['node_modules/alias/package.json', 'node_modules/own/index.js', 'node_modules/own/package.json'],
    // What is loaded by its path is led to the runtime's copy when it is loaded, and has to be there.
    ...['package.json', 'react/index.js', 'vendor/indexed/index.json', 'vendor/indexed/package.json'],
    ...['vendor/note/package.json', 'vendor/note/react.js'],
    ...['vendor/old/cjs/react.js', 'vendor/old/package.json'],
  ].map(file => `node_modules/plugin/${file}`);
  expect(filesBelow(world.folders.tree)).toEqual(left);
  expect(files.map(file => file.path).sort()).toEqual(left);
});

test('K-05: what is carried along asks for its own: another version of what is locked is refused with both versions', async () => {
  const carried = (range: string) =>
    packed(
      'plugin@1.0.0',
      { dependencies: { own: '1' }, bundleDependencies: ['own'] },
      {
        'node_modules/own/package.json': manifest('own', '1.5.0', {
          dependencies: { punycode: '2' },
          peerDependencies: { react: range },
        }),
        'node_modules/own/index.js': '',
      },
    );
  const world = await worldWith(carried('^17'));
  const react = { as: 'react', name: 'react', range: '^17', reason: 'version', locked: '18.3.1' };
  expect((await world.stage('plugin', lock)).conflicts).toEqual([
    { ...react, chain: ['plugin@1.0.0', 'own@1.5.0'] },
  ]);
  const fitting = await worldWith(carried('>=17'));
  const { files, conflicts } = await fitting.stage('plugin', lock);
  expect([files.length, conflicts]).toEqual([4, []]);
});

test('what a package says that it carries, and does not, makes it no package', async () => {
  const more = { dependencies: { own: '1', react: '^18' }, bundledDependencies: ['own', 'react'] };
  const world = await worldWith(packed('plugin@1.0.0', more), packed('own@1.0.0'));
  await expect(world.stage('plugin', lock)).rejects.toMatchObject({
    code: 'PACKAGE_INVALID',
    message: 'plugin@1.0.0 says that it carries own, and does not',
  });
});

test('K-05: an archive that asks for more than the registry announced is refused, too', async () => {
  const lying = packed(
    'plugin@1.0.0',
    {},
    { 'package.json': manifest('plugin', '1.0.0', { dependencies: { x: 'npm:react@17' } }) },
  );
  const world = await worldWith(lying);
  expect((await world.stage('plugin', lock)).conflicts).toEqual([
    { as: 'x', name: 'react', range: '17', chain: ['plugin@1.0.0'], reason: 'version', locked: '18.3.1' },
  ]);
});

test('what an archive has in the place of another package of the plan makes room for it', async () => {
  for (const inside of ['node_modules/b/evil.js', 'node_modules/B/evil.js', 'node_modules']) {
    const world = await worldWith(
      packed('plugin@1.0.0', { dependencies: { a: '1', b: '2' } }),
      packed('a@1.0.0', { dependencies: { b: '1' } }, { [inside]: '' }),
      packed('b@1.0.0'),
      packed('b@2.0.0'),
    );
    const { files } = await world.stage('plugin', lock);
    compareTree(nodeFileSystem, world.folders.tree, files);
    expect(
      filesBelow(world.folders.tree).filter(file => file.startsWith('node_modules/a/node_modules')),
    ).toEqual(['node_modules/a/node_modules/b/index.js', 'node_modules/a/node_modules/b/package.json']);
  }
});

test('P-21: hostile archives write nothing outside of their folder', async () => {
  for (const [what, ...entries] of hostileEntries) {
    if (what.includes('the place of a native')) continue;
    const own = entry('package.json', { content: manifest('plugin', '1.0.0') });
    const world = await worldWith(withTarball(packed('plugin@1.0.0'), rawTarball([own, ...entries])));
    expect(await codeOf(world.stage('plugin', lock)), what).toMatch(/^PACKAGE_UNSAFE$|^DOWNLOAD_TOO_LARGE$/);
    expect(existsSync(evil)).toBe(false);
    const outside = filesBelow(world.folders.folder).filter(
      file => !file.startsWith('tree/node_modules/plugin/'),
    );
    expect(outside, what).toEqual(['package-0.tgz']);
  }
});

test('no script of a package runs', async () => {
  const world = await npmWorld({});
  const stain = path.join(world.folders.folder, 'stain');
  const script = `node -e "require('fs').writeFileSync(${JSON.stringify(stain)}, '')"`;
  const scripts = { preinstall: script, install: script, postinstall: script, prepare: script };
  world.registry.publish(packed('plugin@1.0.0', { scripts, gypfile: true, dependencies: { a: '1' } }));
  world.registry.publish(packed('a@1.0.0', { scripts }));
  await world.stage('plugin', lock);
  expect(existsSync(stain)).toBe(false);
});

test('P-17: bytes other than those that were resolved are refused: announced, on their way, and on the disk', async () => {
  const [plugin, other] = [packed('plugin@1.0.0'), packed('plugin@1.0.0', {}, { 'more.js': '' })];
  const never = new AbortController().signal;
  const report = (): void => undefined;
  const arranged = async () => {
    const world = await worldWith(plugin);
    const { packages } = await world.resolve('plugin', lock);
    nodeFileSystem.mkdirSync(world.folders.folder);
    return { ...world, packages };
  };
  const announced = await arranged();
  announced.registry.publish(other);
  const first = announced.provider.download(announced.packages, announced.folders, never, report);
  expect(await codeOf(first)).toBe('INTEGRITY_MISMATCH');
  expect(readdirSync(announced.folders.folder)).toEqual([]);

  const tampered = await arranged();
  tampered.registry.fault({}, { kind: 'tamperTarball' });
  const second = tampered.provider.download(tampered.packages, tampered.folders, never, report);
  expect(await codeOf(second)).toBe('INTEGRITY_MISMATCH');

  const changed = await arranged();
  await changed.provider.download(changed.packages, changed.folders, never, report);
  writeFileSync(path.join(changed.folders.folder, 'package-0.tgz'), other.tarball);
  const third = changed.provider.stage(changed.packages, lock, changed.folders, never, report);
  expect(await codeOf(third)).toBe('INTEGRITY_MISMATCH');
  expect(filesBelow(changed.folders.tree)).toEqual([]);
});

test('progress counts the bytes of all archives, then the packages; an abort ends it with its reason', async () => {
  const world = await worldWith(packed('plugin@1.0.0', { dependencies: { a: '1' } }), packed('a@1.0.0'));
  const { packages } = await world.resolve('plugin', lock);
  nodeFileSystem.mkdirSync(world.folders.folder);
  const seen: { readonly phase: string; readonly bytes: number; readonly total: number | null }[] = [];
  const [abort, reason] = [new AbortController(), new Error('enough')];
  await world.provider.download(packages, world.folders, abort.signal, progress => seen.push(progress));
  const sizes = packages.map(
    (_, index) => readFileSync(path.join(world.folders.folder, `package-${index}.tgz`)).length,
  );
  expect(seen.at(-1)).toEqual({
    phase: 'downloading',
    bytes: sizes.reduce((sum, size) => sum + size),
    total: null,
  });
  const staging = world.provider.stage(
    packages,
    lock,
    world.folders,
    abort.signal,
    ({ phase, bytes, total }) => {
      expect([phase, bytes, total]).toEqual(['extracting', 0, 2]);
      abort.abort(reason);
    },
  );
  await expect(staging).rejects.toBe(reason);
});
