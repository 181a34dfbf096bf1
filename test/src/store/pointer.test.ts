import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resolveCandidates } from '#src/launching/resolving.js';
import { launchSetup } from '#src/launching/setup.js';
import { entryFile, packageEntry } from '#src/store/entry.js';
import { openJournal } from '#src/store/journal.js';
import type { Layout } from '#src/store/layout.js';
import { clearPointer, commitPointer, readPointer } from '#src/store/pointer.js';
import { readTreeList } from '#src/store/tree-list.js';
import { runtimePackage, writeRuntime } from '#src/testing/index.js';
import { entry, freshFolder, freshStore, fs, put, putVersion } from './fresh-store.ts';

const tree = 'a'.repeat(64);

/** What each launch does first, with a bundled runtime of the given version. */
const resolve = async (layout: Layout, bundled: string): Promise<void> => {
  const dir = path.join(freshFolder(), 'bundled');
  writeRuntime(dir, runtimePackage({ name: 'app', version: bundled }));
  const setup = launchSetup({ package: 'app', store: layout.root, bundled: dir });
  const key = async () => ({ abi: '', shellVersion: '', now: new Date() });
  await resolveCandidates(setup, key, { exclude: [] }, openJournal(fs, layout));
};

test('S-03: a committed pointer names a version and no place', async () => {
  const layout = freshStore();
  expect(await commitPointer(fs, layout, { version: '1.1.0', tree })).toEqual({
    seq: 1,
    previous: null,
    committed: true,
  });
  expect(await commitPointer(fs, layout, { version: '1.2.0', tree: null })).toMatchObject({
    seq: 2,
    previous: '1.1.0',
  });
  expect(JSON.parse(readFileSync(layout.current, 'utf8'))).toEqual({
    schema: 1,
    version: '1.2.0',
    seq: 2,
    tree: null,
  });
  expect(readPointer(fs, layout)).toEqual({
    kind: 'valid',
    legacy: false,
    pointer: { version: '1.2.0', seq: 2, tree: null },
  });
});

test.each(['{"version":"1.1.0"}', '{"schema":1,"version":"1.1.0","seq":0,"tree":null}'])(
  'S-03: %s is understood',
  text => {
    const layout = freshStore();
    put(layout.current, text);
    expect(readPointer(fs, layout)).toMatchObject({
      kind: 'valid',
      pointer: { version: '1.1.0', seq: 0, tree: null },
    });
  },
);

test.each([
  '',
  '{',
  'null',
  '[]',
  '"1.1.0"',
  '{}',
  '{"version":1}',
  '{"version":"1.1"}',
  '{"version":"v1.1.0"}',
  '{"version":"../1.1.0"}',
  '{"version":"1.1.0","entry":"/bin/sh"}',
  '{"version":"1.1.0","seq":-1}',
  '{"version":"1.1.0","seq":"1"}',
  '{"version":"1.1.0","tree":"abc"}',
  '{"version":"1.1.0","schema":2}',
])('S-03: %j is invalid', text => {
  const layout = freshStore();
  put(layout.current, text);
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'invalid' });
});

test('S-03: the older shape counts with the canonical place and is rewritten', async () => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  const cliEntry = path.join(layout.version('1.1.0'), entry);
  put(layout.current, JSON.stringify({ version: '1.1.0', cliEntry }));
  expect(readPointer(fs, layout, entry)).toMatchObject({ kind: 'valid', legacy: true });
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'valid', legacy: true });
  await resolve(layout, '1.0.0');
  expect(JSON.parse(readFileSync(layout.current, 'utf8'))).toEqual({
    schema: 1,
    version: '1.1.0',
    seq: 1,
    tree: readTreeList(fs, layout.version('1.1.0'))?.digest,
  });
});

test('S-03: a relative cliEntry makes the pointer invalid in every current directory', () => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  const canonical = path.join(layout.version('1.1.0'), entry);
  const before = process.cwd();
  for (const cwd of [before, layout.root, layout.version('1.1.0')]) {
    put(layout.current, JSON.stringify({ version: '1.1.0', cliEntry: path.relative(cwd, canonical) }));
    process.chdir(cwd);
    try {
      expect(readPointer(fs, layout, entry)).toMatchObject({ kind: 'invalid' });
    } finally {
      process.chdir(before);
    }
  }
});

test.each([
  ['of another version', (dir: string) => path.join(dir, '..', '1.0.0', entry)],
  ['of another leaf', (dir: string) => path.join(dir, 'dist', 'data.json')],
  ['outside of the store', () => path.resolve('/bin/sh')],
  ['by a detour', (dir: string) => `${dir}${path.sep}..${path.sep}1.1.0${path.sep}${entry}`],
])('S-03: a cliEntry %s makes the pointer invalid', (_what, place) => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  put(layout.current, JSON.stringify({ version: '1.1.0', cliEntry: place(layout.version('1.1.0')) }));
  expect(readPointer(fs, layout, entry)).toMatchObject({ kind: 'invalid' });
});

test('S-03: the older shape with one more field is invalid', () => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  const cliEntry = path.join(layout.version('1.1.0'), entry);
  put(layout.current, JSON.stringify({ version: '1.1.0', cliEntry, extra: 1 }));
  expect(readPointer(fs, layout, entry)).toMatchObject({ kind: 'invalid' });
});

test('S-04: an entry resolves only while it is a regular file', () => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  const dir = layout.version('1.1.0');
  const file = path.join(dir, entry);
  expect(entryFile(fs, dir)).toBe(file);
  fs.rmSync(file);
  expect(entryFile(fs, dir)).toBeNull();
  mkdirSync(file);
  expect(entryFile(fs, dir)).toBeNull();
  fs.rmdirSync(file);
  fs.symlinkSync(path.join(dir, 'package.json'), file);
  expect(entryFile(fs, dir)).toBeNull();
});

test.each([
  ['a bin of one file', { bin: './dist/cli.js', main: 'x.js' }, 'dist/cli.js'],
  ['the bin named like the package', { name: '@s/runtime', bin: { other: 'o.js', runtime: 'r.js' } }, 'r.js'],
  ['the first bin', { name: 'runtime', bin: { one: 'o.js', two: 't.js' } }, 'o.js'],
  ['main', { main: 'lib/main.js' }, 'lib/main.js'],
  ['main without its extension', { main: './lib/short' }, 'lib/short.js'],
  ['main as a folder', { main: 'lib' }, 'lib/index.js'],
  ['index.js in the end', {}, 'index.js'],
])('S-04: the entry is %s', (_what, manifest, expected) => {
  const dir = freshFolder();
  put(path.join(dir, 'package.json'), JSON.stringify(manifest));
  put(path.join(dir, 'lib/index.js'), '');
  put(path.join(dir, 'lib/short.js'), '');
  expect(packageEntry(fs, dir)).toBe(expected);
});

test.each(['../x.js', '/bin/sh', 'a/../../x.js', '.', '', 'c:x.js', 'dist/'])(
  'S-04: the entry %j is refused, explicit or declared',
  text => {
    const dir = freshFolder();
    put(path.join(dir, 'package.json'), JSON.stringify({ bin: text }));
    expect(() => packageEntry(fs, dir)).toThrow(/not a file inside/);
    expect(() => packageEntry(fs, dir, text)).toThrow(/not a file inside/);
    expect(entryFile(fs, dir)).toBeNull();
  },
);

test('S-04: a package without a readable package.json has no entry', () => {
  const dir = freshFolder();
  expect(() => packageEntry(fs, dir)).toThrow(expect.objectContaining({ code: 'PACKAGE_INVALID' }));
  put(path.join(dir, 'package.json'), '[1]');
  expect(() => packageEntry(fs, dir)).toThrow(expect.objectContaining({ code: 'PACKAGE_INVALID' }));
  expect(packageEntry(fs, dir, 'dist/cli.js')).toBe('dist/cli.js');
});

test('S-05: no pointer and an invalid pointer are told apart', () => {
  const layout = freshStore();
  expect(readPointer(fs, layout)).toEqual({ kind: 'none' });
  put(layout.current, 'x');
  expect(readPointer(fs, layout)).toEqual({ kind: 'invalid', reason: 'it is not JSON' });
});

test.each([
  ['is no JSON', '{"version":'],
  ['has another shape', '{"version":"1.1.0","path":"/x"}'],
  ['names a version whose entry is missing', '{"version":"1.3.0"}'],
  ['is at the bundled version', '{"version":"1.1.0"}'],
  ['is below the bundled version', '{"version":"1.0.0"}'],
])('S-05: a pointer that %s is removed at the next resolve', async (_what, text) => {
  const layout = freshStore();
  putVersion(layout, '1.0.0');
  putVersion(layout, '1.1.0');
  put(layout.current, text);
  await resolve(layout, '1.1.0');
  expect(existsSync(layout.current)).toBe(false);
});

test('S-05: a folder in the place of the pointer is removed as well', async () => {
  const layout = freshStore();
  put(path.join(layout.current, 'file'), 'x');
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'invalid' });
  await resolve(layout, '1.0.0');
  expect(existsSync(layout.current)).toBe(false);
});

test('S-05: a good pointer and a missing one are left alone', async () => {
  const layout = freshStore();
  await resolve(layout, '1.0.0');
  expect(readPointer(fs, layout)).toEqual({ kind: 'none' });
  putVersion(layout, '1.1.0');
  await commitPointer(fs, layout, { version: '1.1.0', tree });
  await resolve(layout, '1.0.0');
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'valid', pointer: { seq: 1 } });
});

test('L-05: clearing a pointer that was refused leaves one alone that names the same version anew', async () => {
  const layout = freshStore();
  await commitPointer(fs, layout, { version: '1.2.0', tree: null });
  const refused = { version: '1.2.0', seq: 1 };
  await commitPointer(fs, layout, { version: '1.2.0', tree: null });
  expect(await clearPointer(fs, layout, refused)).toBe(false);
  expect(await clearPointer(fs, layout, { ...refused, seq: 2 })).toBe(true);
});

test('L-05: clearing for one version leaves a pointer to another alone', async () => {
  const layout = freshStore();
  await commitPointer(fs, layout, { version: '1.2.0', tree });
  expect(await clearPointer(fs, layout, { version: '1.1.0' })).toBe(false);
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'valid' });
  expect(await clearPointer(fs, layout, { version: '1.2.0' })).toBe(true);
  expect(await clearPointer(fs, layout)).toBe(false);
  expect(readPointer(fs, layout)).toEqual({ kind: 'none' });
});

test('S-07: a slow process does not move the pointer back when it asks for that', async () => {
  const layout = freshStore();
  await commitPointer(fs, layout, { version: '1.2.0', tree });
  const outcome = await commitPointer(fs, layout, { version: '1.1.0', tree, unlessNewer: true });
  expect(outcome).toEqual({ seq: 1, previous: '1.2.0', committed: false });
  const asked: string[] = [];
  const isLive = (version: string): boolean => asked.push(version) < 0;
  const held = { version: '1.1.5', tree, unlessNewer: true, isLive };
  expect(await commitPointer(fs, layout, held)).toMatchObject({ seq: 2, committed: true });
  expect(asked).toEqual(['1.2.0']);
  await commitPointer(fs, layout, { version: '1.2.0', tree });
  expect(await commitPointer(fs, layout, { version: '1.1.0', tree })).toMatchObject({
    seq: 4,
    committed: true,
  });
});

test('P-05: whatever byte of the pointer is damaged, it reads as valid for a real version or as invalid', () => {
  const layout = freshStore();
  const good = Buffer.from(`${JSON.stringify({ schema: 1, version: '1.2.0', seq: 12, tree })}\n`);
  const kinds = new Set<string>();
  for (let index = 0; index < good.length; index += 1) {
    for (const value of [0, 0x22, 0x2f, 0x39, 0x7d, 0xff]) {
      const bytes = Buffer.from(good);
      bytes[index] = value;
      fs.writeFileSync(layout.current, bytes);
      const state = readPointer(fs, layout);
      kinds.add(state.kind);
      if (state.kind === 'valid') expect(() => layout.version(state.pointer.version)).not.toThrow();
    }
    fs.writeFileSync(layout.current, good.subarray(0, index));
    expect(readPointer(fs, layout).kind).toBe(index < good.length - 1 ? 'invalid' : 'valid');
  }
  expect(kinds).toEqual(new Set(['valid', 'invalid']));
});
