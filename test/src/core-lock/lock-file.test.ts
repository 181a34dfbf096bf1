import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CoreLock, LockedPackage } from '#src/core-lock/core-lock.js';
import { parseLock, readLock, serializeLock, writeLock } from '#src/core-lock/lock-file.js';
import { CoreLockUnreadable } from '#src/core-lock/lock-unreadable.js';
import { lockOf } from '#src/core-lock/locking.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { packageTree } from './package-tree.ts';

const one = (name: string, version = '1.0.0', rest: Partial<LockedPackage> = {}): LockedPackage => ({
  ...{ ecosystem: 'npm', name, version, integrity: null, place: `node_modules/${name}`, modules: [name] },
  ...rest,
});

const lock = (packages: readonly LockedPackage[], aliases: Record<string, string> = {}): CoreLock => ({
  ...{ schema: 1, packages, aliases },
});

describe('the text of a lock', () => {
  test('K-01: is sorted by lower-cased name, version and place, with a line for each package and one newline at the end', () => {
    const packages = [
      one('zeta'),
      one('Beta', '2.0.0', { modules: ['Beta/ä', 'Beta', 'Beta/Z'] }),
      one('beta', '10.0.0'),
      one('alpha', '1.0.0', { place: 'node_modules/zeta/node_modules/alpha' }),
      one('alpha'),
      one('alpha', '1.0.0', { place: null }),
    ];
    const text = serializeLock(lock(packages, { b: 'x', 10: 'y', 9: 'z' }));
    const line = (name: string, version: string, place: string | null, modules: readonly string[]) =>
      `    ${JSON.stringify({ ecosystem: 'npm', name, version, integrity: null, place, modules })}`;
    expect(text).toBe(
      `{\n  "schema": 1,\n  "packages": [\n${[
        line('alpha', '1.0.0', null, ['alpha']),
        line('alpha', '1.0.0', 'node_modules/alpha', ['alpha']),
        line('alpha', '1.0.0', 'node_modules/zeta/node_modules/alpha', ['alpha']),
        line('beta', '10.0.0', 'node_modules/beta', ['beta']),
        line('Beta', '2.0.0', 'node_modules/Beta', ['Beta', 'Beta/Z', 'Beta/ä']),
        line('zeta', '1.0.0', 'node_modules/zeta', ['zeta']),
      ].join(',\n')}\n  ],\n  "aliases": {\n    "10": "y",\n    "9": "z",\n    "b": "x"\n  }\n}\n`,
    );
    expect(serializeLock(lock(packages.toReversed(), { 9: 'z', 10: 'y', b: 'x' }))).toBe(text);
    expect(serializeLock(parseLock(text, 'lock'))).toBe(text);
  });

  test('K-01: the same tree at two places, made in another order, has the same bytes', () => {
    const manifests = Object.fromEntries(
      ['a', 'B', 'c', 'node', '@s/d'].map(name => [
        `node_modules/${name}`,
        { name, version: '1.0.0', exports: { './*': './*.js' } },
      ]),
    );
    const backwards = Object.fromEntries(Object.entries(manifests).toReversed());
    const texts = [manifests, backwards].map(tree =>
      serializeLock(lockOf(fs, { dir: packageTree(tree), metafile: null }, () => []).lock),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain('"@s/d/index"');
  });
});

describe('a large tree', () => {
  test('K-01: of 1,000 packages is locked whole, twice with the same bytes, and reads back as it was', () => {
    const place = (index: number) =>
      index % 3 === 0 ? `node_modules/p1/node_modules/p${index}` : `node_modules/p${index}`;
    const manifests = Array.from({ length: 1000 }, (_, index) => [
      place(index),
      { name: `p${index}`, version: `1.0.${index}` },
    ]);
    const dir = packageTree(Object.fromEntries(manifests));
    const [first, second] = [0, 1].map(() => lockOf(fs, { dir, metafile: null }, () => []).lock);
    if (first === undefined || second === undefined) throw new TypeError('there are two');
    expect(first.packages).toHaveLength(1000);
    expect(serializeLock(second)).toBe(serializeLock(first));
    expect(parseLock(serializeLock(first), 'lock')).toEqual(first);
  });
});

describe('an unreadable lock is a typed error that says why', () => {
  const good = JSON.parse(serializeLock(lock([one('a')], { x: 'a@1.0.0' })));
  const [first] = good.packages;
  const packaged = (change: object) => ({ ...good, packages: [{ ...first, ...change }] });

  test.each([
    ['no JSON', '{"schema": 1', 'it is no JSON object'],
    ['nothing', '', 'it is no JSON object'],
    ['a list', [], 'it is no JSON object'],
    ['another schema', { ...good, schema: 2 }, 'its schema is 2, not 1'],
    ['no schema', { packages: [], aliases: {} }, 'its schema is missing, not 1'],
    ['a key too many', { ...good, more: 1 }, 'it has the unknown key "more"'],
    ['no packages', { ...good, packages: {} }, 'it has no list of packages'],
    ['too many packages', { ...good, packages: Array(50_001).fill(null) }, 'it has more than 50000 packages'],
    ['a package that is none', { ...good, packages: [null] }, 'package 1 is of no known ecosystem'],
    ['a package twice', { ...good, packages: [first, first] }, 'package 2 is there twice'],
    ['an unknown ecosystem', packaged({ ecosystem: 'cargo' }), 'package 1 is of no known ecosystem'],
    ['a key of a package', packaged({ extra: true }), 'package 1 has the unknown key "extra"'],
    ['a name', packaged({ name: '../a' }), 'package 1 has a name that is none'],
    [
      'a name of Python that is not canonical',
      packaged({ ecosystem: 'python', name: 'Foo_Bar' }),
      'package 1 has a name that is none',
    ],
    ['a version', packaged({ version: '' }), 'package 1 has a version that is none'],
    ['a hash', packaged({ integrity: 'sha512-AAAA' }), 'package 1 has an integrity that is none'],
    ['no hash at all', packaged({ integrity: undefined }), 'package 1 has an integrity that is none'],
    ['a place above', packaged({ place: 'node_modules/../../a' }), 'package 1 lies outside of the tree'],
    ['an absolute place', packaged({ place: '/etc' }), 'package 1 lies outside of the tree'],
    ['a place of Windows', packaged({ place: 'C:\\a' }), 'package 1 lies outside of the tree'],
    ['modules', packaged({ modules: ['a', 1] }), 'package 1 has a list of modules that is none'],
    [
      'a module that steers a terminal',
      packaged({ modules: ['a\u001b[2J'] }),
      'package 1 has a list of modules that is none',
    ],
    ['aliases', { ...good, aliases: [] }, 'its aliases are none'],
    ['an alias that is no text', { ...good, aliases: { a: 1 } }, 'its aliases are none'],
  ])('K-07: %s', (_, value, reason) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    expect(() => parseLock(text, 'lock.json')).toThrow(
      expect.objectContaining({
        constructor: CoreLockUnreadable,
        code: 'BUNDLED_INVALID',
        reason,
        file: 'lock.json',
      }),
    );
  });

  test('K-07: a file that is missing, a folder or too large', () => {
    const folder = temporaryFolder('lock');
    const file = path.join(folder, 'lock.json');
    const reasonOf = (at: string) => {
      try {
        return readLock(fs, at);
      } catch (error) {
        return error instanceof CoreLockUnreadable ? error.reason : error;
      }
    };
    expect(reasonOf(file)).toBe('there is no such file');
    expect(reasonOf(folder)).toBe('it is not a regular file');
    writeFileSync(file, '');
    truncateSync(file, 200 * 2 ** 20);
    expect(reasonOf(file)).toMatch(/^it has 209715200 bytes, more than/);
  });

  test('K-01: names of properties that objects have by themselves are only names', () => {
    const text = serializeLock(lock([])).replace('{}', '{"__proto__": "x", "constructor": "y"}');
    const { aliases } = parseLock(text, 'lock');
    expect(Object.entries(aliases)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(aliases)).toBe(Object.prototype);
  });
});

describe('writing', () => {
  test('K-03: a lock that could not be read afterwards is not written, and the old one stays', async () => {
    const file = path.join(temporaryFolder('lock'), 'lock.json');
    await writeLock(fs, file, lock([one('a')]));
    const before = readFileSync(file, 'utf8');
    await expect(writeLock(fs, file, lock([one('../b')]))).rejects.toBeInstanceOf(CoreLockUnreadable);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('K-03: what is on the disk afterwards is what was meant, or it is an error', async () => {
    const file = path.join(temporaryFolder('lock'), 'lock.json');
    const forgetful = { ...fs, readFileSync: () => serializeLock(lock([one('other')])) };
    await expect(writeLock(forgetful as unknown as typeof fs, file, lock([one('a')]))).rejects.toMatchObject({
      reason: 'it is not what was written',
    });
  });

  test('K-01: killed or failing at any operation, the file is the old one or the new one, and nothing lies beside it after a failure', async () => {
    const [before, after] = [lock([one('a')]), lock([one('a', '2.0.0')])];
    for (let at = 1; ; at += 1) {
      const folder = temporaryFolder('lock');
      const file = path.join(folder, 'lock.json');
      await writeLock(fs, file, before);
      const disk = faultyFileSystem();
      disk.failAt(at, 'ENOSPC');
      const failed = await writeLock(disk.fs, file, after).then(
        () => false,
        () => true,
      );
      expect([serializeLock(before), serializeLock(after)]).toContain(readFileSync(file, 'utf8'));
      if (!disk.met()) {
        expect([failed, at > 5]).toEqual([false, true]);
        break;
      }
      expect(readdirSync(folder)).toEqual(['lock.json']);
    }
  });
});
