import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLaunchEffects } from '#src/launching/effects.js';
import { launchSetup } from '#src/launching/setup.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { openJournal } from '#src/store/journal.js';
import { retentionLock, takeLease } from '#src/store/lease.js';
import { withLock } from '#src/store/lock.js';
import { writePin } from '#src/store/pin.js';
import { clearPointer, readPointer } from '#src/store/pointer.js';
import { collect, retainedVersions, stagedVersions } from '#src/store/retention.js';
import { checkTree } from '#src/store/tree-check.js';
import {
  type AppWorld,
  bundle,
  fs,
  layOut,
  longAgo,
  newShell,
  newWorld,
  next,
  packed,
  put,
  record,
  stage,
  trust,
} from '../../support/app-world.ts';
import { registryForTest } from '../../support/loopback.ts';

/** One other byte, the same size and times: what only a hash can tell. */
const flipByte = (file: string): void => {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('m');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  utimesSync(file, longAgo, longAgo);
};

const files = { 'node_modules/native/addon.node': 'machine code', 'data.txt': 'harmless' };
const inVersion = ({ layout }: AppWorld, version: string, file: string) =>
  path.join(layout.version(version), file);

describe('a damaged tree (P-09)', () => {
  for (const file of ['cli.js', 'package.json', 'node_modules/native/addon.node']) {
    test(`P-09: one other byte in ${file} is refused before the spawn, blames nobody, and is staged anew`, async () => {
      const world = newWorld();
      const registry = await registryForTest();
      registry.publish(packed('1.1.0', { files }));
      await stage(world, '1.1.0', { files });
      flipByte(inVersion(world, '1.1.0', file));
      const stagedoor = newShell(world, { registry: registry.url });
      const failed = next(stagedoor, 'runtime:failed');
      expect(await stagedoor.start()).toMatchObject({ version: '1.0.0' });
      expect(await failed).toMatchObject({
        version: '1.1.0',
        error: { code: 'TREE_DAMAGED', blame: 'machine' },
      });
      expect(stagedVersions(fs, world.layout)).toEqual([]);
      expect(readPointer(fs, world.layout)).toEqual({ kind: 'none' });
      expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
      expect(await stagedoor.restart()).toMatchObject({ outcome: 'running', version: '1.1.0' });
      expect(readBadVersions(fs, world.layout)).toEqual([]);
    });
  }

  const damages: Readonly<Record<string, (world: AppWorld) => void>> = {
    'a file that is gone': world => rmSync(inVersion(world, '1.1.0', 'data.txt')),
    'a file that is cut': world => writeFileSync(inVersion(world, '1.1.0', 'data.txt'), 'harm'),
    'a tree list that is garbage': ({ layout }) => writeFileSync(layout.treeList('1.1.0'), '{"schema":1'),
    'a tree list that is gone': ({ layout }) => rmSync(layout.treeList('1.1.0')),
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(`P-09: ${what} is refused before the spawn`, async () => {
      const world = newWorld();
      await stage(world, '1.1.0', { files });
      damage(world);
      const stagedoor = newShell(world);
      const told = record(stagedoor, 'runtime:starting');
      expect(await stagedoor.start()).toMatchObject({ version: '1.0.0' });
      expect(told.map(({ event }) => event.version)).toEqual(['1.0.0']);
    });
  }

  test('S-03: what a pointer of the older shape names was staged without a list, and is launched', async () => {
    const world = newWorld();
    layOut(world, '1.1.0');
    rmSync(world.layout.treeList('1.1.0'));
    const cliEntry = inVersion(world, '1.1.0', 'cli.js');
    put(world.layout.current, JSON.stringify({ version: '1.1.0', cliEntry }));
    const stagedoor = newShell(world);
    expect(await stagedoor.start()).toMatchObject({ version: '1.1.0' });
    await stagedoor.stop();
    expect(await stagedoor.start()).toMatchObject({ version: '1.1.0' });
  });

  for (const role of ['pointed to', 'pinned'] as const) {
    test(`P-09: damage that only the full check behind the start finds ends a version that is ${role}`, async () => {
      const world = newWorld();
      const registry = await registryForTest();
      registry.publish(packed('1.1.0', { files }));
      if (role === 'pinned') {
        layOut(world, '1.1.0', { files });
        await writePin(fs, world.layout, '1.1.0');
      } else await stage(world, '1.1.0', { files });
      flipByte(inVersion(world, '1.1.0', 'data.txt'));
      const first = newShell(world, { registry: registry.url });
      expect(await first.start()).toMatchObject({ version: '1.1.0' });
      await first.stop();
      const second = newShell(world, { registry: registry.url });
      expect(await second.start()).toMatchObject({ version: '1.0.0' });
      expect(await second.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
      expect(await second.restart()).toMatchObject({ version: '1.1.0' });
      await second.stop();
      expect(readFileSync(inVersion(world, '1.1.0', 'data.txt'), 'utf8')).toBe('harmless');
    });
  }

  test('P-12: a damaged tree in which another shell runs is not pulled from under it', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { files });
    const lease = await takeLease(fs, world.layout, '1.1.0');
    flipByte(inVersion(world, '1.1.0', 'cli.js'));
    expect(await newShell(world).start()).toMatchObject({ version: '1.0.0' });
    expect(existsSync(inVersion(world, '1.1.0', 'cli.js'))).toBe(true);
    await lease.release();
  });

  test('P-12, P-32: a tree that was staged anew since it was chosen stays whole for who runs it or points to it', async () => {
    const world = newWorld();
    const { layout } = world;
    const chosen = await stage(world, '1.1.0', { files: { ...files, 'more.txt': 'as it was' } });
    const candidate = { role: 'override', version: '1.1.0', tree: chosen, firstStart: true } as const;
    const effects = createLaunchEffects(launchSetup(world.options), openJournal(fs, layout));
    rmSync(layout.version('1.1.0'), { recursive: true });
    const tree = await stage(world, '1.1.0', { files });
    await expect(effects.checkTree(candidate)).rejects.toThrow('not the one that was committed');
    await effects.quarantine(candidate);
    expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.1.0', tree } });
    const lease = await takeLease(fs, layout, '1.1.0');
    await clearPointer(fs, layout);
    await effects.quarantine(candidate);
    expect(await checkTree(fs, layout.version('1.1.0'), { expectedTree: tree, depth: 'full' })).toMatchObject(
      {
        ok: true,
      },
    );
    await lease.release();
    await effects.quarantine(candidate);
    expect(stagedVersions(fs, layout)).toEqual([]);
  });
});

describe('what a start collects (P-12)', () => {
  test('P-12: what nothing needs goes behind a start; current, previous good, pinned and leased stay', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    for (const version of ['1.2.0', '1.3.0', '1.4.0']) layOut(world, version);
    await stage(world, '1.5.0');
    await writePin(fs, world.layout, '1.5.0');
    const lease = await takeLease(fs, world.layout, '1.3.0');
    const stagedoor = newShell(world);
    expect(await stagedoor.start()).toMatchObject({ version: '1.5.0', role: 'pinned' });
    await stagedoor.stop();
    expect(stagedVersions(fs, world.layout)).toEqual(['1.1.0', '1.3.0', '1.5.0']);
    await lease.release();
  });

  test('P-12: a version that is pointed to while the collection waits for its turn stays', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const { layout } = world;
    let open = (): void => undefined;
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    const held = withLock(layout, retentionLock, () => gate);
    const collected = collect(fs, layout, { keep: () => retainedVersions(fs, layout) });
    await stage(world, '1.2.0');
    open();
    await held;
    expect(await collected).toMatchObject({ removed: ['1.1.0'] });
    expect(stagedVersions(fs, layout)).toEqual(['1.2.0']);
  });
});

test('P-16: a bundle that has moved is launched, and what is staged runs beside it', async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const first = newShell(world);
  await first.start();
  await first.stop();
  const moved = path.join(world.dir, 'elsewhere');
  renameSync(world.bundled, moved);
  const second = newShell(world, { bundled: moved });
  expect(await second.start()).toMatchObject({ version: '1.1.0' });
  await second.stop();
  bundle(moved, '1.2.0');
  expect(await newShell(world, { bundled: moved }).start()).toMatchObject({
    version: '1.2.0',
    role: 'bundled',
  });
  for (const file of fs.readdirSync(world.layout.root, { recursive: true, encoding: 'utf8' })) {
    const place = path.join(world.layout.root, file);
    if (/\.jsonl?$/.test(file) && statSync(place).isFile()) {
      expect(readFileSync(place, 'utf8'), file).not.toContain(world.dir);
    }
  }
});
