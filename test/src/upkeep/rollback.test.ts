import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide } from '#src/launching/candidates.js';
import { launchSetup } from '#src/launching/setup.js';
import { markBad, readBadVersions } from '#src/store/bad-versions.js';
import { readHealth, recordTrusted } from '#src/store/health.js';
import type { Layout } from '#src/store/layout.js';
import { readPin, writePin } from '#src/store/pin.js';
import { commitPointer, readPointer } from '#src/store/pointer.js';
import { stagedVersions } from '#src/store/retention.js';
import { faultyFileSystem, interceptFileSystem } from '#src/testing/index.js';
import { forgiveVersion } from '#src/upkeep/forgiving.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { pin, unpin } from '#src/upkeep/pinning.js';
import { rollback } from '#src/upkeep/rollback.js';
import { freshStore, fs, put, putVersion } from '../store/fresh-store.ts';

const now = new Date('2026-02-01T00:00:00.000Z');

const putBundled = (layout: Layout, version: string): string => {
  const dir = path.join(layout.root, '..', 'bundled');
  put(path.join(dir, 'package.json'), JSON.stringify({ name: 'runtime', version, main: 'dist/cli.js' }));
  put(path.join(dir, 'dist/cli.js'), '');
  return dir;
};

/** Bundled 1.0.0; 1.1.0 and 1.2.0 staged and trusted; 1.3.0 staged and pointed to. */
const world = async () => {
  const layout = freshStore();
  const bundledDir = putBundled(layout, '1.0.0');
  for (const version of ['1.1.0', '1.2.0']) {
    await recordTrusted(fs, layout, { version, tree: putVersion(layout, version) });
  }
  await commitPointer(fs, layout, { version: '1.3.0', tree: putVersion(layout, '1.3.0') });
  const firstCandidate = (): string | undefined => {
    const setup = launchSetup({ package: 'runtime', store: layout.root, bundled: bundledDir });
    return decide(setup, readBadVersions(fs, layout), { abi: 'x', shellVersion: '1.0.0', now }).candidates[0]
      ?.version;
  };
  return { layout, setup: { bundledDir }, firstCandidate };
};

test('P-07: while the proofs cannot be read there is no rollback to what they would not have named', async () => {
  const { layout, setup } = await world();
  const { fs: faulty, failAt } = faultyFileSystem();
  failAt(({ call, path: place }) => call === 'readFile' && place === layout.health, 'EIO');
  await expect(rollback(faulty, layout, setup, {}, now)).rejects.toMatchObject({ blame: 'disk' });
  expect(readBadVersions(fs, layout)).toEqual([]);
  expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.3.0' } });
});

test('S-06: a rollback goes to the previous good version, and the one left is not staged again until forgiven', async () => {
  const { layout, setup, firstCandidate } = await world();
  expect(await rollback(fs, layout, setup, {}, now)).toEqual({
    outcome: 'rolled-back',
    from: '1.3.0',
    to: '1.2.0',
  });
  expect(firstCandidate()).toBe('1.2.0');
  expect(readBadVersions(fs, layout)).toMatchObject([
    {
      version: '1.3.0',
      cause: 'ROLLED_BACK',
      strikes: 2,
      integrity: 'sha512-abc',
      lastSeen: now.toISOString(),
    },
  ]);
  expect(await forgiveVersion(fs, layout, '1.3.0')).toEqual({ outcome: 'forgiven', version: '1.3.0' });
  expect(await forgiveVersion(fs, layout, '1.3.0')).toEqual({ outcome: 'not-marked', version: '1.3.0' });
});

test('S-06: one rollback after the other ends at the bundled version', async () => {
  const { layout, setup, firstCandidate } = await world();
  const path: string[] = [];
  for (;;) {
    const result = await rollback(fs, layout, setup, {}, now);
    if (result.outcome !== 'rolled-back') break;
    path.push(result.to);
    expect(firstCandidate()).toBe(result.to);
  }
  expect(path).toEqual(['1.2.0', '1.1.0', '1.0.0']);
  expect(readPointer(fs, layout)).toEqual({ kind: 'none' });
});

test('S-06: the bundled version can be named, and no trusted one takes its place', async () => {
  const { layout, setup, firstCandidate } = await world();
  const result = await rollback(fs, layout, setup, { version: '1.0.0' }, now);
  expect(result).toEqual({ outcome: 'rolled-back', from: '1.3.0', to: '1.0.0' });
  expect(firstCandidate()).toBe('1.0.0');
  expect(readHealth(fs, layout)).toMatchObject({ trusted: [], highWater: '1.2.0' });
});

test('S-06: a staged version can be named, and a pin to another one goes', async () => {
  const { layout, setup, firstCandidate } = await world();
  await writePin(fs, layout, '1.3.0');
  expect(await rollback(fs, layout, setup, { version: '1.1.0' }, now)).toMatchObject({
    from: '1.3.0',
    to: '1.1.0',
  });
  expect(readPin(fs, layout)).toBeNull();
  expect(firstCandidate()).toBe('1.1.0');
});

test('L-05: the version that runs is the one to leave, whatever the pointer says', async () => {
  const { layout, setup } = await world();
  const result = await rollback(fs, layout, setup, { running: '1.2.0' }, now);
  expect(result).toEqual({ outcome: 'rolled-back', from: '1.2.0', to: '1.1.0' });
  expect(readBadVersions(fs, layout).map(({ version }) => version)).toEqual(['1.2.0']);
});

test('S-06: going forward again forgives the target and marks nothing', async () => {
  const { layout, setup, firstCandidate } = await world();
  await rollback(fs, layout, setup, {}, now);
  const result = await rollback(fs, layout, setup, { version: '1.3.0' }, now);
  expect(result).toEqual({ outcome: 'rolled-back', from: '1.2.0', to: '1.3.0' });
  expect(readBadVersions(fs, layout)).toEqual([]);
  expect(firstCandidate()).toBe('1.3.0');
});

test('P-09: a damaged or bad version is not rolled back to by itself', async () => {
  const { layout, setup } = await world();
  put(path.join(layout.version('1.2.0'), 'dist/data.json'), '{"a":2}');
  expect(await rollback(fs, layout, setup, {}, now)).toMatchObject({ to: '1.1.0' });
  const other = await world();
  const mark = {
    integrity: null,
    abi: '',
    shellVersion: '',
    cause: 'LAUNCH_CRASH_LOOP',
    reason: 'x',
  } as const;
  await markBad(fs, other.layout, { ...mark, version: '1.2.0', weight: 'bad' }, now);
  expect(await rollback(fs, other.layout, other.setup, {}, now)).toMatchObject({ to: '1.1.0' });
});

describe('what can not be', () => {
  test.each(['9.9.9', '0.9.0'])(
    'U-11: a rollback to %s, which is not there, names the version and changes nothing',
    async version => {
      const { layout, setup } = await world();
      await expect(rollback(fs, layout, setup, { version }, now)).rejects.toMatchObject({
        code: 'VERSION_UNKNOWN',
      });
      expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.3.0' } });
      expect(readBadVersions(fs, layout)).toEqual([]);
    },
  );

  test('L-02: a version below the bundled one is refused with the way to have it', async () => {
    const { layout, setup } = await world();
    putVersion(layout, '0.9.0');
    const refused = rollback(fs, layout, setup, { version: '0.9.0' }, now);
    await expect(refused).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      hint: expect.stringContaining('pin 0.9.0'),
    });
  });

  test('L-06: if the mark can not be written, nothing is changed', async () => {
    const { layout, setup } = await world();
    mkdirSync(layout.badVersions);
    await expect(rollback(fs, layout, setup, {}, now)).rejects.toMatchObject({ blame: 'disk' });
    expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.3.0' } });
  });

  test('U-11: there is nothing to roll back from the bundled version, or without any', async () => {
    const layout = freshStore();
    const nothing = { outcome: 'nothing-to-roll-back' };
    expect(await rollback(fs, layout, { bundledDir: null }, {}, now)).toEqual(nothing);
    expect(await rollback(fs, layout, { bundledDir: putBundled(layout, '1.0.0') }, {}, now)).toEqual(nothing);
    putVersion(layout, '1.1.0');
    await commitPointer(fs, layout, { version: '1.1.0', tree: null });
    expect(await rollback(fs, layout, { bundledDir: null }, {}, now)).toEqual(nothing);
    expect(await rollback(fs, layout, { bundledDir: null }, { version: '1.1.0' }, now)).toEqual(nothing);
  });
});

test('U-11: pinning takes a staged or the bundled version, and unpinning says which', async () => {
  const { layout, setup, firstCandidate } = await world();
  expect(await pin(fs, layout, setup, '1.1.0')).toEqual({ outcome: 'pinned', version: '1.1.0' });
  expect(firstCandidate()).toBe('1.1.0');
  expect(await pin(fs, layout, setup, '1.0.0')).toEqual({ outcome: 'pinned', version: '1.0.0' });
  await expect(pin(fs, layout, setup, '7.0.0')).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
  expect(await unpin(fs, layout)).toEqual({ outcome: 'unpinned', version: '1.0.0' });
  expect(await unpin(fs, layout)).toEqual({ outcome: 'unpinned', version: null });
  expect(firstCandidate()).toBe('1.3.0');
});

test('P-12, P-32: a version is not collected between the check and the pin, or the pointer, that keeps it', async () => {
  for (const file of ['pin.json', 'current.json']) {
    const { layout, setup } = await world();
    const collected: (readonly string[])[] = [];
    const collectFirst = async (proceed: () => unknown): Promise<unknown> => {
      collected.push((await collectGarbage(fs, layout, setup)).removed);
      return proceed();
    };
    /** Another process collects right before the file is written. */
    const port = interceptFileSystem(fs, ({ call, path: place, flags }, proceed) => {
      const writes = call === 'open' && flags === 'wx' && path.basename(place).startsWith(`.${file}.`);
      return writes ? collectFirst(proceed) : proceed();
    });
    if (file === 'pin.json') await pin(port, layout, setup, '1.1.0');
    else await rollback(port, layout, setup, { version: '1.1.0' }, now);
    expect(collected).toEqual([[]]);
    expect(stagedVersions(fs, layout)).toContain('1.1.0');
  }
});
