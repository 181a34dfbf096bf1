import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLock } from '#src/core-lock/lock-file.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { checkTree } from '#src/store/tree-check.js';
import { writeRuntime } from '#src/testing/runtimes.js';
import { json } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const native = () => {
  const dir = path.join(world.dir, 'lib', 'addon');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"name":"addon","version":"1.0.0"}');
  writeFileSync(path.join(world.dir, 'lib', 'real.node'), 'compiled');
  symlinkSync('../real.node', path.join(dir, 'addon.node'));
  return dir;
};
const inBundle = (...names: readonly string[]) => path.join(world.bundled, ...names);
const whole = async () =>
  (await checkTree(nodeFileSystem, world.bundled, { expectedTree: null, depth: 'full' })).ok;
/** Nothing of a bundling stays beside the bundle. */
const besides = () => readdirSync(world.dir).filter(name => name.startsWith('.'));

describe('bundle', () => {
  test('N-04: a native that a launch may install need not be there; one that it may not must', async () => {
    world.publish(program('1.1.0'));
    const install = { 'addon@1.0.0': `sha512-${'A'.repeat(86)}==` };
    world.config({ native: [{ name: 'addon', install }] });
    expect(json(await world.run('bundle', '--json'))).toMatchObject({ outcome: 'bundled', natives: [] });
    world.config({ native: [{ name: 'addon' }] });
    expect(json(await world.run('bundle', '--json'))).toMatchObject({
      error: { code: 'NATIVE_SOURCE_MISSING' },
    });
  });

  test('C-06: puts the runtime with natives, shims and tree list into the resources', async () => {
    world.publish(program('1.1.0'));
    const ended = await world.run('bundle', '--json', '--native', `addon=${native()}`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(json(ended)).toMatchObject({
      outcome: 'bundled',
      version: '1.1.0',
      entry: 'cli.js',
      natives: ['addon'],
    });
    expect(JSON.parse(readFileSync(inBundle('package.json'), 'utf8'))).toMatchObject({ version: '1.1.0' });
    expect(lstatSync(inBundle('node_modules', 'addon', 'addon.node')).isFile()).toBe(true);
    expect(readdirSync(world.bundled)).toEqual(
      expect.arrayContaining(['.stagedoor-tree.json', 'stagedoor-launch', 'stagedoor-launch.cmd']),
    );
    expect(await whole()).toBe(true);
    expect(besides()).toEqual([]);
    const status = await world.run('status', '--json');
    expect(json(status)).toMatchObject({ bundled: { state: 'valid', version: '1.1.0' } });
  });

  test('U-05: with a name for the shell, the newest version for this shell is bundled', async () => {
    world.publish(program('1.1.0'));
    world.publish(program('2.0.0', { manifest: { engines: { 'my-app': '>=3' } } }));
    world.config({ shellName: 'my-app', shellVersion: '2.1.0' });
    expect(json(await world.run('bundle', '--json'))).toMatchObject({ version: '1.1.0' });
    world.config({ shellVersion: '2.1.0' });
    expect(json(await world.run('bundle', '--json'))).toMatchObject({ version: '2.0.0' });
  });

  test('an exact version instead of what the channel offers, in text', async () => {
    world.publish(program('1.1.0'));
    world.publish(program('1.2.0'));
    const { code, stdout } = await world.run('bundle', '--use-version', '1.1.0');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^app 1\.1\.0 is bundled in .+bundled \(\d+ files, [\d.]+ kB; 1 package locked\)\n$/,
    );
  });

  test.runIf(process.platform !== 'win32')('L-08: its launch shim starts the bundled entry', async () => {
    const source = path.join(world.dir, 'source');
    writeRuntime(source, {
      ...program('1.1.0'),
      files: { 'cli.js': `console.log('shimmed ' + process.argv[2]);` },
    });
    await world.run('bundle', '--from', 'source');
    const env = { ...process.env, STAGEDOOR_ENTRY: '', STAGEDOOR_EXEC: process.execPath };
    expect(execFileSync(inBundle('stagedoor-launch'), ['x'], { env, encoding: 'utf8' })).toBe('shimmed x\n');
  });

  const lockIn = (dir: string) => readLock(nodeFileSystem, path.join(dir, '.stagedoor-core-lock.json'));
  const lockedNames = () => lockIn(world.bundled).packages.map(({ name, version }) => `${name}@${version}`);

  test('K-01: its core lock is in it, natives and joined packages included, and under the tree list', async () => {
    const source = program('1.1.0', { manifest: { stagedoor: { joined: 'joined.json' } } });
    const joined = '[{"name": "said", "version": "1.0.0"}]';
    world.publish({ ...source, files: { ...source.files, 'joined.json': joined } });
    writeFileSync(path.join(world.dir, 'list.json'), '[{"name": "told", "version": "2.0.0"}]');
    const ended = await world.run(
      'bundle',
      '--json',
      '--native',
      `addon=${native()}`,
      '--metafile',
      'list.json',
    );
    expect(json(ended)).toMatchObject({
      coreLock: { packages: 4, npm: 2, python: 0, joined: 2, leftOut: [] },
    });
    expect(lockedNames()).toEqual(['addon@1.0.0', 'app@1.1.0', 'said@1.0.0', 'told@2.0.0']);
    expect(await whole()).toBe(true);
    writeFileSync(inBundle('.stagedoor-core-lock.json'), '{}');
    expect(await whole()).toBe(false);
  });

  test('K-01: a bundle made of a bundle has its own lock; what is left out of it is said', async () => {
    world.publish(program('1.1.0'));
    await world.run('bundle', '--use-version', '1.1.0');
    mkdirSync(inBundle('node_modules', 'nameless'), { recursive: true });
    writeFileSync(inBundle('node_modules', 'nameless', 'package.json'), '{"version": "1.0.0"}');
    const lock = inBundle('.stagedoor-core-lock.json');
    writeFileSync(lock, readFileSync(lock, 'utf8').replace('"1.1.0"', '"9.9.9"'));
    const { code, stdout } = await world.run('bundle', '--from', 'bundled', '--bundled', 'second');
    expect(code).toBe(0);
    expect(stdout).toMatch(/; 1 package locked\)\nleft out:\nnode_modules\/nameless {2}it has no name\n$/);
    expect(lockIn(path.join(world.dir, 'second')).packages).toMatchObject([
      { name: 'app', version: '1.1.0' },
    ]);
  });

  test('a local folder as the source, even one that holds the bundle', async () => {
    writeRuntime(world.dir, program('1.3.0'));
    const ended = await world.run('bundle', '--from', '.', '--json');
    expect(json(ended)).toMatchObject({ outcome: 'bundled', version: '1.3.0' });
    expect(existsSync(inBundle('bundled'))).toBe(false);
    expect(await whole()).toBe(true);
  });
});

describe('a bundle is complete or untouched', () => {
  const untouched = async (args: readonly string[], code: string) => {
    world.bundle(program('1.0.0'));
    const before = readdirSync(world.bundled);
    const ended = await world.run('bundle', '--json', ...args);
    expect(json(ended)).toMatchObject({ error: { code } });
    expect(readdirSync(world.bundled)).toEqual(before);
    expect(besides()).toEqual([]);
    return ended.code;
  };

  test('U-07: a native dependency that is not there', async () => {
    world.publish(program('1.1.0'));
    expect(await untouched(['--native', 'addon'], 'NATIVE_SOURCE_MISSING')).toBe(1);
  });

  test('U-12: other bytes than the registry announced', async () => {
    world.publish(program('1.1.0'));
    world.registry.fault({}, { kind: 'tamperTarball' });
    expect(await untouched([], 'INTEGRITY_MISMATCH')).toBe(1);
  });

  test('U-05: a named version for a newer shell, and any that asks where the shell’s version is unknown', async () => {
    world.publish(program('1.1.0'));
    world.publish(program('2.0.0', { manifest: { engines: { 'my-app': '>=0' } } }));
    world.config({ shellName: 'my-app', shellVersion: '2.1.0' });
    expect((await world.run('bundle', '--use-version', '2.0.0')).code).toBe(0);
    world.config({ shellName: 'my-app' });
    expect(await untouched(['--use-version', '2.0.0'], 'PACKAGE_INVALID')).toBe(1);
  });

  test('K-01: a metafile that does not say which packages are joined', async () => {
    world.publish(program('1.1.0'));
    writeFileSync(path.join(world.dir, 'manifest.json'), '{"src/main.js": {"file": "main.js"}}');
    expect(await untouched(['--metafile', 'manifest.json'], 'PACKAGE_INVALID')).toBe(1);
    expect(await untouched(['--metafile', 'gone.json'], 'PACKAGE_INVALID')).toBe(1);
  });

  test('a folder that holds another package', async () => {
    writeRuntime(path.join(world.dir, 'other'), { ...program('1.1.0'), name: 'other' });
    expect(await untouched(['--from', 'other'], 'PACKAGE_INVALID')).toBe(1);
  });

  test('a folder in its place that is no bundle is never replaced', async () => {
    mkdirSync(path.join(world.dir, 'precious'));
    writeFileSync(path.join(world.dir, 'precious', 'diary.txt'), 'dear');
    const { code, stderr } = await world.run('bundle', '--bundled', 'precious');
    expect(code).toBe(2);
    expect(stderr).toContain('holds other files');
    expect(readdirSync(path.join(world.dir, 'precious'))).toEqual(['diary.txt']);
  });

  test('a range is no version', async () => {
    expect(await untouched(['--use-version', '^1.0.0'], 'USAGE')).toBe(2);
  });
});
