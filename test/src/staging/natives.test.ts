import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { readTreeList } from '#src/store/tree-list.js';
import { codeOf, freshFolder, newWorld, runtime } from './staging-world.ts';

/** A bundle whose native dependency is full of links, as package managers make it. */
const bundleWithLinks = (): { readonly bundle: string; readonly dir: string } => {
  const bundle = path.join(freshFolder(), 'bundle');
  const real = path.join(bundle, 'elsewhere', 'native');
  mkdirSync(path.join(real, 'build'), { recursive: true });
  mkdirSync(path.join(bundle, 'shared'), { recursive: true });
  mkdirSync(path.join(bundle, 'node_modules'));
  writeFileSync(path.join(real, 'package.json'), '{"name":"native","main":"index.js"}');
  writeFileSync(path.join(real, 'build', 'addon.node'), 'machine code');
  writeFileSync(path.join(real, 'build', 'helper'), '#!/bin/sh\n');
  chmodSync(path.join(real, 'build', 'helper'), 0o700);
  writeFileSync(path.join(bundle, 'shared', 'common.js'), 'shared');
  symlinkSync(path.join(bundle, 'shared', 'common.js'), path.join(real, 'common.js'));
  symlinkSync('build', path.join(real, 'linked-build'));
  symlinkSync('../elsewhere/native', path.join(bundle, 'node_modules', 'native'));
  return { bundle, dir: path.join(bundle, 'node_modules', 'native') };
};

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map(name => name.replaceAll(path.sep, '/'))
    .sort((a, b) => (a < b ? -1 : 1));

test('U-07: native dependencies are copied with links followed, and nothing points back into the bundle', async () => {
  const { bundle, dir } = bundleWithLinks();
  const world = await newWorld({ natives: [{ name: 'native', dir }] });
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const copied = path.join(world.layout.version('1.1.0'), 'node_modules', 'native');
  renameSync(bundle, `${bundle}-moved`);
  expect(filesBelow(copied)).toEqual([
    'build',
    'build/addon.node',
    'build/helper',
    'common.js',
    'linked-build',
    'linked-build/addon.node',
    'linked-build/helper',
    'package.json',
  ]);
  for (const name of filesBelow(copied)) {
    expect(lstatSync(path.join(copied, name)).isSymbolicLink()).toBe(false);
  }
  expect(readFileSync(path.join(copied, 'common.js'), 'utf8')).toBe('shared');
  expect(readFileSync(path.join(copied, 'linked-build', 'addon.node'), 'utf8')).toBe('machine code');
});

test('P-15: copied natives keep +x, get plain modes whatever the umask, and are in the tree list by hash', async () => {
  const { dir } = bundleWithLinks();
  const world = await newWorld({ natives: [{ name: 'native', dir }] });
  world.registry.publish(runtime('1.1.0'));
  const umask = process.umask(0o077);
  try {
    await world.stage();
  } finally {
    process.umask(umask);
  }
  const list = readTreeList(fs, world.layout.version('1.1.0'))?.list;
  const modes = new Map(list?.files.map(file => [file.path, file.mode]));
  expect(modes.get('node_modules/native/build/helper')).toBe(0o755);
  expect(modes.get('node_modules/native/build/addon.node')).toBe(0o644);
  expect(list?.natives).toEqual(['native']);
  const helper = path.join(world.layout.version('1.1.0'), 'node_modules/native/build/helper');
  expect(lstatSync(helper).mode & 0o777).toBe(0o755);
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('U-04: with a native dependency gone, the version is staged again', async () => {
  const { dir } = bundleWithLinks();
  const world = await newWorld({ natives: [{ name: 'native', dir }] });
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  rmSync(path.join(world.layout.version('1.1.0'), 'node_modules', 'native', 'build', 'addon.node'));
  expect(await world.check()).toMatchObject({ kind: 'available' });
  await world.stage();
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('U-04: a version that was staged without a native dependency that is wanted now is staged again', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const { dir } = bundleWithLinks();
  const later = world.with({ natives: [{ name: 'native', dir }] });
  expect(await later.check()).toMatchObject({ kind: 'available' });
  await later.stage();
  expect(await later.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

/** The folder above, without the native dependency. */
const emptied = (dir: string): string => {
  rmSync(dir, { recursive: true });
  return path.dirname(dir);
};

const spoil: readonly (readonly [string, (dir: string) => void])[] = [
  ['no folder', dir => rmSync(dir, { recursive: true })],
  ['a file in its place', dir => writeFileSync(path.join(emptied(dir), 'native'), '')],
  ['no package.json', dir => rmSync(path.join(dir, 'package.json'))],
  ['a link to nothing', dir => symlinkSync('nowhere', path.join(dir, 'dangling'))],
  ['a link to itself', dir => symlinkSync('loop', path.join(dir, 'loop'))],
  ['a link to a folder above', dir => symlinkSync('..', path.join(dir, 'up'))],
  ['a link to a device', dir => symlinkSync('/dev/zero', path.join(dir, 'zero'))],
];
test.each(spoil)(
  'U-07: a native source with %s is an error with its path, before anything is renamed',
  async (_, damage) => {
    const { dir } = bundleWithLinks();
    const world = await newWorld({ natives: [{ name: 'native', dir }] });
    world.registry.publish(runtime('1.1.0'));
    damage(dir);
    const before = world.launchable();
    await expect(world.stage()).rejects.toMatchObject({
      code: 'NATIVE_SOURCE_MISSING',
      message: expect.stringContaining(dir),
    });
    expect(world.launchable()).toEqual(before);
    expect(world.partials()).toEqual([]);
  },
);

test('a scoped native dependency has its own folder, and a name that is a path is the mistake of the caller', async () => {
  const { dir } = bundleWithLinks();
  const world = await newWorld({ natives: [{ name: '@scope/native', dir }] });
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const copied = path.join(world.layout.version('1.1.0'), 'node_modules', '@scope', 'native', 'package.json');
  expect(lstatSync(copied).isFile()).toBe(true);
  world.registry.publish(runtime('1.2.0'));
  const evil = world.with({ natives: [{ name: '../../evil', dir }] });
  expect(await codeOf(evil.stage())).toBe('INTERNAL');
  await expect(evil.stage()).rejects.toThrow(TypeError);
});
