import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAttempt } from '#src/store/attempts.js';
import { markBad } from '#src/store/bad-versions.js';
import type { FileSystem } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, newScratch, ownedName } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { commitPointer } from '#src/store/pointer.js';
import { stagedVersions } from '#src/store/retention.js';
import { runDoctor } from '#src/upkeep/doctor.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { readStatus } from '#src/upkeep/status.js';
import { verifyTrees } from '#src/upkeep/verify.js';
import { deadToken, freshStore, fs, liveToken, put, putVersion } from '../store/fresh-store.ts';

const now = new Date('2026-02-01T00:00:00.000Z');
const setup = { bundledDir: null };

const leaveBehind = async (layout: Layout): Promise<{ scratch: string; temporary: string }> => {
  const dead = await deadToken();
  const scratch = newScratch('1.3.0', dead);
  put(path.join(layout.partialTree(scratch), 'a.js'), 'x'.repeat(1000));
  const temporary = `.current.json.${ownedName(dead)}.tmp`;
  writeFileSync(path.join(layout.root, temporary), '{');
  put(path.join(layout.trash, 'old', 'a.js'), 'x'.repeat(1000));
  return { scratch, temporary };
};

const bundle = (layout: Layout, version: string): string => {
  const dir = path.join(layout.root, '..', 'bundled');
  put(path.join(dir, 'package.json'), JSON.stringify({ version }));
  put(path.join(dir, 'index.js'), '');
  return dir;
};

describe('status', () => {
  test('P-39: it tells pointer, fallbacks, marks, attempts, leftovers and bytes', async () => {
    const layout = freshStore();
    const bundledDir = bundle(layout, '1.0.0');
    const tree = putVersion(layout, '1.2.0');
    await recordTrusted(fs, layout, { version: '1.1.0', tree: putVersion(layout, '1.1.0') });
    await commitPointer(fs, layout, { version: '1.2.0', tree });
    const facts = {
      integrity: null,
      abi: '',
      shellVersion: '2.0.0',
      cause: 'LAUNCH_TIMED_OUT',
      reason: 'slow',
    } as const;
    await markBad(fs, layout, { ...facts, version: '1.3.0', weight: 'bad' }, now);
    const attempt = await openAttempt(fs, layout, { version: '1.2.0', role: 'override', tree }, now);
    const lease = await takeLease(fs, layout, '1.2.0');
    const live = newScratch('1.4.0', liveToken());
    mkdirSync(layout.partial(live), { recursive: true });
    const { scratch, temporary } = await leaveBehind(layout);
    const status = await readStatus(fs, layout, { bundledDir, shellVersion: '2.0.0' }, now);
    expect(status).toMatchObject({
      outcome: 'ok',
      current: '1.2.0',
      pointer: { state: 'valid', version: '1.2.0', seq: 1, tree },
      previousGood: '1.1.0',
      bundled: { state: 'valid', version: '1.0.0' },
      pinned: null,
      highWater: '1.1.0',
      badVersions: [{ version: '1.3.0', reason: 'slow', standing: true }],
      versions: [
        { version: '1.1.0', listed: true, trusted: true, inUse: false },
        { version: '1.2.0', listed: true, trusted: false, inUse: true },
      ],
      attempts: [attempt],
      staging: [live],
      leftovers: { partials: [scratch], temporaries: [temporary], trash: ['old'] },
    });
    expect(status.bytesOnDisk).toBeGreaterThan(3000);
    await lease.release();
    const other = await readStatus(fs, layout, { bundledDir, shellVersion: '3.0.0' }, now);
    expect(other.badVersions).toMatchObject([{ standing: false }]);
  });

  test('S-05: reading it changes nothing, and a stale or invalid pointer is called so', async () => {
    const layout = freshStore();
    put(layout.current, '{"version":"1.2.0"}');
    expect((await readStatus(fs, layout, setup)).pointer).toMatchObject({ state: 'stale', version: '1.2.0' });
    put(layout.current, '{');
    expect((await readStatus(fs, layout, setup)).pointer).toEqual({
      state: 'invalid',
      reason: 'it is not JSON',
    });
    expect(readdirSync(layout.root)).toEqual(['current.json']);
  });

  test('P-06: a store that is not there, or is a file, has a status', async () => {
    const layout = freshStore();
    fs.rmdirSync(layout.root);
    const bundledDir = bundle(layout, '1.0.0');
    const status = await readStatus(fs, layout, { bundledDir });
    expect(status).toMatchObject({
      current: '1.0.0',
      pointer: { state: 'none' },
      versions: [],
      bytesOnDisk: 0,
    });
    writeFileSync(layout.root, 'x');
    expect(await readStatus(fs, layout, { bundledDir })).toMatchObject({ current: '1.0.0', versions: [] });
  });
});

describe('verify', () => {
  test('P-09: one changed byte in any file of any staged version is damage', async () => {
    const layout = freshStore();
    for (const version of ['1.1.0', '1.2.0']) putVersion(layout, version);
    const told: string[] = [];
    expect(await verifyTrees(fs, layout, ({ version }) => told.push(version))).toEqual({
      outcome: 'ok',
      trees: [
        { version: '1.1.0', ok: true, files: 4 },
        { version: '1.2.0', ok: true, files: 4 },
      ],
    });
    expect(told).toEqual(['1.1.0', '1.2.0']);
    put(path.join(layout.version('1.1.0'), 'dist/data.json'), '{"a":2}');
    expect(await verifyTrees(fs, layout)).toMatchObject({
      outcome: 'damaged',
      trees: [{ version: '1.1.0', ok: false, path: 'dist/data.json' }, { ok: true }],
    });
  });

  test('P-09: a list that is not the one that was committed is damage', async () => {
    const layout = freshStore();
    putVersion(layout, '1.1.0');
    await commitPointer(fs, layout, { version: '1.1.0', tree: 'd'.repeat(64) });
    expect(await verifyTrees(fs, layout)).toMatchObject({ outcome: 'damaged' });
  });
});

test('P-13: gc removes what nothing needs and counts its bytes', async () => {
  const layout = freshStore();
  for (const version of ['1.0.0', '1.1.0']) putVersion(layout, version);
  await commitPointer(fs, layout, { version: '1.1.0', tree: null });
  const { scratch, temporary } = await leaveBehind(layout);
  const result = await collectGarbage(fs, layout, setup);
  expect(result).toMatchObject({ outcome: 'ok', removed: ['1.0.0'], inUse: [], kept: ['1.1.0'] });
  expect(new Set(result.swept)).toEqual(new Set([`versions/${scratch}`, temporary]));
  expect(result.freedBytes).toBeGreaterThan(2500);
  expect(stagedVersions(fs, layout)).toEqual(['1.1.0']);
  expect(await collectGarbage(fs, layout, setup)).toMatchObject({ removed: [], swept: [], freedBytes: 0 });
});

describe('doctor', () => {
  const troubles = async (
    layout: Layout,
    more: Partial<Parameters<typeof runDoctor>[2]> = {},
    port: FileSystem = fs,
  ) => {
    const input = { bundledDir: bundle(layout, '1.0.0'), now: new Date('2026-12-01'), ...more };
    const { outcome, checks } = await runDoctor(port, layout, input);
    const bad = checks.filter(({ ok }) => !ok);
    expect(outcome).toBe(bad.length === 0 ? 'ok' : 'problems');
    for (const { hint } of bad) expect(hint).toMatch(/\S/);
    return bad.map(({ id, severity }) => `${id}: ${severity}`);
  };

  test('P-14: a sound store has no troubles, and looking leaves nothing behind', async () => {
    const layout = freshStore();
    expect(await troubles(layout, { outside: [{ id: 'registry', run: async () => 'it answers' }] })).toEqual(
      [],
    );
    expect(readdirSync(layout.root)).toEqual([]);
    fs.rmdirSync(layout.root);
    expect(await troubles(layout)).toEqual([]);
    expect(fs.existsSync(layout.root)).toBe(false);
  });

  test('P-14: each trouble is named with what to do', async () => {
    const layout = freshStore();
    await leaveBehind(layout);
    put(layout.current, '{');
    put(layout.badVersions, '{');
    await openAttempt(fs, layout, { version: '1.0.0', role: 'bundled', tree: null }, new Date('2030-01-01'));
    const outside = [{ id: 'registry', run: async () => Promise.reject(new Error('no answer')) }];
    expect(await troubles(layout, { bundledDir: null, outside })).toEqual([
      'clock: warning',
      'bundled: warning',
      'pointer: warning',
      'bad-versions.json: warning',
      'leftovers: warning',
      'registry: error',
    ]);
    expect(await troubles(layout, { bundledDir: path.join(layout.root, 'no') })).toContain('bundled: error');
  });

  const denied = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };

  test('P-14: a read-only store, a noexec mount and a file in its place are named', async () => {
    const layout = freshStore();
    const readOnly: FileSystem = { ...fs, writeFileSync: () => denied('EROFS') };
    expect(await troubles(layout, {}, readOnly)).toEqual(['store-writable: error']);
    const noexec: FileSystem = { ...fs, accessSync: () => denied('EACCES') };
    expect(await troubles(layout, {}, noexec)).toEqual(['store-executable: error']);
    fs.rmdirSync(layout.root);
    expect(await troubles(layout, {}, noexec)).toEqual(['store-writable: error']);
    writeFileSync(layout.root, '');
    expect(await troubles(layout)).toContain('store-writable: error');
  });

  test('P-07: too little space for another version is named', async () => {
    const layout = freshStore();
    const statfs = (async () => ({ bavail: 1, bsize: 1e6 })) as unknown as FileSystem['promises']['statfs'];
    const full: FileSystem = { ...fs, promises: { ...fs.promises, statfs } };
    expect(await troubles(layout, {}, full)).toEqual(['free-space: error']);
  });
});
