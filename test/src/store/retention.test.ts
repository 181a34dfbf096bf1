import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { markBad } from '#src/store/bad-versions.js';
import type { FileSystem } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, newScratch, ownedName } from '#src/store/layout.js';
import { liveLeases, takeLease } from '#src/store/lease.js';
import { writePin } from '#src/store/pin.js';
import { commitPointer } from '#src/store/pointer.js';
import { collect, quarantine, retainedVersions, stagedVersions } from '#src/store/retention.js';
import { sweepScratch } from '#src/store/scratch.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { deadToken, freshStore, fs, liveToken, put, putVersion } from './fresh-store.ts';

const mark = (layout: Layout, version: string, weight: 'strike') =>
  markBad(
    fs,
    layout,
    { version, integrity: null, abi: '', shellVersion: '', cause: 'SHELL_DIED', reason: 'it died', weight },
    new Date(),
  );

test('S-07: leftovers of the dead and of nobody go, those of the living stay', async () => {
  const layout = freshStore();
  const dead = await deadToken();
  const [orphan, busy] = [newScratch('1.1.0', dead), newScratch('1.1.0', liveToken())];
  const other = newScratch('1.2.0', dead);
  for (const scratch of [orphan, busy, other]) put(path.join(layout.partialTree(scratch), 'a.js'), 'x');
  put(path.join(layout.partials('1.3.0'), 'package', 'old.js'), 'left by an older release');
  put(layout.partials('1.4.0'), 'a file');
  mkdirSync(layout.partials('1.5.0'));
  const swept = await sweepScratch(fs, layout);
  expect(new Set(swept)).toEqual(
    new Set([
      `versions/${orphan}`,
      `versions/${other}`,
      'versions/1.3.0.partial/package',
      'versions/1.4.0.partial',
    ]),
  );
  expect(readdirSync(layout.versions)).toEqual(['1.1.0.partial']);
  expect(existsSync(path.join(layout.partialTree(busy), 'a.js'))).toBe(true);
});

test('P-13: a cache that has grown beyond its bound goes, a smaller one stays', async () => {
  const layout = freshStore();
  put(path.join(layout.cache, 'content', 'document'), 'x'.repeat(1000));
  const keep = (): Set<string> => new Set();
  await collect(fs, layout, { keep, cacheBytes: 1000 });
  expect(existsSync(layout.cache)).toBe(true);
  const { freedBytes } = await collect(fs, layout, { keep, cacheBytes: 999 });
  expect(freedBytes).toBe(1000);
  expect(existsSync(layout.cache)).toBe(false);
});

test.each(['current.json', 'health.json', 'pin.json', 'leases'])(
  'P-12: while %s cannot be read nothing is collected: what it names would go',
  async unreadable => {
    const layout = freshStore();
    const tree = putVersion(layout, '1.1.0');
    putVersion(layout, '1.2.0');
    await recordTrusted(fs, layout, { version: '1.1.0', tree });
    await commitPointer(fs, layout, { version: '1.1.0', tree });
    await writePin(fs, layout, '1.1.0');
    await takeLease(fs, layout, '1.1.0');
    const faulty = faultyFileSystem();
    faulty.failAt(({ call, path: place }) => call.startsWith('read') && place.endsWith(unreadable), 'EIO');
    const keep = (): Set<string> => retainedVersions(faulty.fs, layout);
    await expect(collect(faulty.fs, layout, { keep })).rejects.toMatchObject({ blame: 'disk' });
    expect(stagedVersions(fs, layout)).toEqual(['1.1.0', '1.2.0']);
  },
);

test("S-07: a scratch folder of a reused pid is nobody's", async () => {
  const layout = freshStore();
  const [pid = '', , boot = ''] = liveToken().split('-');
  const scratch = newScratch('1.1.0', `${pid}-1-${boot}`);
  mkdirSync(layout.partialTree(scratch), { recursive: true });
  expect(await sweepScratch(fs, layout)).toEqual(process.platform === 'win32' ? [] : [`versions/${scratch}`]);
});

test('S-07: our own scratch folder goes only when it is named', async () => {
  const layout = freshStore();
  const [mine, done] = [newScratch('1.1.0', liveToken()), newScratch('1.1.0', liveToken())];
  for (const scratch of [mine, done]) mkdirSync(layout.partialTree(scratch), { recursive: true });
  expect(await sweepScratch(fs, layout, { abandoned: [done] })).toEqual([`versions/${done}`]);
  expect(existsSync(layout.partial(mine))).toBe(true);
});

test('S-07: temporary files and leases of the dead and the trash go as well', async () => {
  const layout = freshStore();
  const dead = await deadToken();
  const [gone, kept] = [
    `.current.json.${ownedName(dead)}.tmp`,
    `.current.json.${ownedName(liveToken())}.tmp`,
  ];
  for (const name of [gone, kept]) writeFileSync(path.join(layout.root, name), '{');
  put(path.join(layout.trash, 'x', 'y'), 'old');
  put(path.join(layout.leases, 'a.json'), JSON.stringify({ version: '1.0.0', holder: dead }));
  expect(await sweepScratch(fs, layout)).toEqual([gone]);
  expect(new Set(readdirSync(layout.root))).toEqual(new Set([kept, 'leases', 'trash']));
  expect(readdirSync(layout.trash)).toEqual([]);
  expect(readdirSync(layout.leases)).toEqual([]);
});

test('S-07: sweeping a store that is not there, or is a file, finds nothing', async () => {
  const layout = freshStore();
  fs.rmdirSync(layout.root);
  expect(await sweepScratch(fs, layout)).toEqual([]);
  writeFileSync(layout.root, '');
  expect(await sweepScratch(fs, layout)).toEqual([]);
  expect(await collect(fs, layout, { keep: () => new Set() })).toEqual({
    removed: [],
    freedBytes: 0,
    inUse: [],
  });
});

test('P-12: what is kept, leased or being staged stays; the rest goes with its bytes counted', async () => {
  const layout = freshStore();
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) putVersion(layout, version);
  const lease = await takeLease(fs, layout, '1.1.0');
  mkdirSync(layout.partial(newScratch('1.3.0', liveToken())), { recursive: true });
  const first = await collect(fs, layout, { keep: () => new Set(['1.2.0']) });
  expect(first).toMatchObject({ removed: ['1.0.0'], inUse: [] });
  expect(first.freedBytes).toBeGreaterThan(500);
  await lease.release();
  expect(await collect(fs, layout, { keep: () => new Set(['1.2.0']) })).toMatchObject({ removed: ['1.1.0'] });
  expect(stagedVersions(fs, layout)).toEqual(['1.2.0', '1.3.0']);
});

test('P-12: what was taken in use while it was thrown away is put back', async () => {
  const layout = freshStore();
  putVersion(layout, '1.1.0');
  const seen: boolean[] = [];
  const keep = (): Set<string> => {
    const there = existsSync(layout.version('1.1.0'));
    seen.push(there);
    return new Set(there ? [] : ['1.1.0']);
  };
  expect(await collect(fs, layout, { keep })).toMatchObject({ removed: [], inUse: [] });
  expect(seen).toEqual([true, false]);
  expect(stagedVersions(fs, layout)).toEqual(['1.1.0']);
  const unsure = (): Set<string> => {
    if (existsSync(layout.version('1.1.0'))) return new Set();
    throw new Error('nobody knows');
  };
  await expect(collect(fs, layout, { keep: unsure })).rejects.toThrow('nobody knows');
  expect(stagedVersions(fs, layout)).toEqual(['1.1.0']);
});

test('P-12: a lease lives with its child, whatever becomes of the one who took it', async () => {
  const layout = freshStore();
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const lease = await takeLease(fs, layout, '1.1.0');
  await lease.hold(child.pid ?? 0);
  expect(liveLeases(fs, layout)).toEqual(new Set(['1.1.0']));
  child.kill('SIGKILL');
  await new Promise(resolve => child.once('exit', resolve));
  expect(liveLeases(fs, layout)).toEqual(new Set());
});

test('P-12: a lease of a dead process holds nothing', async () => {
  const layout = freshStore();
  put(path.join(layout.leases, 'a.json'), JSON.stringify({ version: '1.1.0', holder: await deadToken() }));
  put(path.join(layout.leases, 'b.json'), '{');
  expect(liveLeases(fs, layout)).toEqual(new Set());
});

test('P-12: a folder that can not be moved is reported and fails nothing', async () => {
  const layout = freshStore();
  putVersion(layout, '1.0.0');
  const port: FileSystem = {
    ...fs,
    renameSync: () => {
      throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
    },
  };
  expect(await collect(port, layout, { keep: () => new Set() })).toEqual({
    removed: [],
    freedBytes: 0,
    inUse: ['1.0.0'],
  });
  expect(stagedVersions(fs, layout)).toEqual(['1.0.0']);
});

test('P-13: current, previous good and pinned are retained', async () => {
  const layout = freshStore();
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) putVersion(layout, version);
  await recordTrusted(fs, layout, { version: '1.0.0', tree: null });
  await recordTrusted(fs, layout, { version: '1.2.0', tree: null });
  await recordTrusted(fs, layout, { version: '1.3.0', tree: null });
  await commitPointer(fs, layout, { version: '1.3.0', tree: null });
  await writePin(fs, layout, '1.1.0');
  expect(retainedVersions(fs, layout)).toEqual(new Set(['1.1.0', '1.2.0', '1.3.0']));
});

test('U-10: a finished folder above the pointer waits to be adopted', async () => {
  const layout = freshStore();
  for (const version of ['1.1.0', '1.2.0']) putVersion(layout, version);
  await commitPointer(fs, layout, { version: '1.1.0', tree: null });
  expect(retainedVersions(fs, layout, '1.0.0')).toEqual(new Set(['1.1.0', '1.2.0']));
  await commitPointer(fs, layout, { version: '1.2.0', tree: null });
  expect(retainedVersions(fs, layout, '1.0.0')).toEqual(new Set(['1.2.0']));
  fs.rmSync(layout.current);
  expect(retainedVersions(fs, layout, '1.2.0')).toEqual(new Set());
});

test('P-09: a damaged folder is set aside in one step', () => {
  const layout = freshStore();
  putVersion(layout, '1.0.0');
  expect(quarantine(fs, layout, '1.0.0')).toBe(true);
  expect(existsSync(layout.version('1.0.0'))).toBe(false);
  expect(quarantine(fs, layout, '1.0.0')).toBe(false);
});

test('P-01: a trusted version that is gone or has no tree list does not cost the good one before it its folder', async () => {
  const layout = freshStore();
  for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
    await recordTrusted(fs, layout, { version, tree: putVersion(layout, version) });
  }
  fs.rmSync(layout.treeList('1.2.0'));
  fs.rmSync(layout.version('1.3.0'), { recursive: true });
  const { removed } = await collect(fs, layout, { keep: () => retainedVersions(fs, layout, '1.0.0') });
  expect(removed).toEqual(['1.2.0']);
});

test('P-01: what is kept as the previous good version is the one that a launch would fall back to', async () => {
  const layout = freshStore();
  for (const version of ['1.1.0', '1.2.0', '1.3.0', '1.4.0']) {
    await recordTrusted(fs, layout, { version, tree: putVersion(layout, version) });
  }
  const kept = (): string[] => [...retainedVersions(fs, layout, '1.1.0')];
  put(layout.treeList('1.4.0'), fs.readFileSync(layout.treeList('1.3.0'), 'utf8'));
  await mark(layout, '1.3.0', 'strike');
  expect(kept(), '1.4.0 is another tree by now, and one strike is no verdict').toContain('1.3.0');
  await mark(layout, '1.3.0', 'strike');
  expect(kept(), '1.3.0 is bad by now').toContain('1.2.0');
  await recordTrusted(fs, layout, { version: '1.1.0', tree: putVersion(layout, '1.1.0') });
  expect(kept(), '1.1.0 is not above the bundled one').toContain('1.2.0');
});
