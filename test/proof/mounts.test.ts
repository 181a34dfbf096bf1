import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readBadVersions } from '#src/store/bad-versions.js';
import { storeLayout } from '#src/store/layout.js';
import { readPointer } from '#src/store/pointer.js';
import { stagedVersions } from '#src/store/retention.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { checkStoreRights } from '#src/upkeep/machine-checks.js';
import { verifyTrees } from '#src/upkeep/verify.js';
import { type AppWorld, fs, layOut, newShell, newWorld, next, packed, stage } from '../support/app-world.ts';
import { registryForTest } from '../support/loopback.ts';
import { mountMemory, remount, whyNotMountable } from '../support/mounts/mount.ts';
import { isFull, ran, share } from '../support/proof/run.ts';
import { realAddon } from '../support/tampering/real-addon.ts';

const problem = whyNotMountable();
if (problem !== null) console.log(`skipped: P-14 on real mounts, because ${problem}`);
/** What a share of the run leaves out. */
const inFull = test.skipIf(!isFull);
const onMounts = describe.skipIf(problem !== null);

const storedAt = (store: string): AppWorld => {
  const world = newWorld();
  return { ...world, layout: storeLayout(store), options: { ...world.options, store } };
};

const files = { 'lib/module.js': 'export const one = 1;\n' };

/** What a user goes through: the bundled one runs, an update is staged and applied, its tree is whole. */
const journey = async (world: AppWorld): Promise<void> => {
  const registry = await registryForTest();
  registry.publish(packed('1.1.0', { files }));
  const stagedoor = newShell(world, { registry: registry.url });
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(await stagedoor.restart({ when: 'now' })).toMatchObject({ outcome: 'running', version: '1.1.0' });
  await stagedoor.stop();
  expect(await verifyTrees(fs, world.layout)).toMatchObject({ outcome: 'ok', trees: [{ version: '1.1.0' }] });
};

const isUntouched = ({ layout }: AppWorld, version: string): void => {
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'valid', pointer: { version } });
  expect(readBadVersions(fs, layout)).toEqual([]);
};

onMounts('P-14: odd mounts', () => {
  const mounted = (options?: string): AppWorld => {
    const world = newWorld();
    const store = path.join(mountMemory(path.join(world.dir, 'mount'), options), 'store');
    return { ...world, layout: storeLayout(store), options: { ...world.options, store } };
  };

  test('P-14: a store on another device than the bundle and the temporary folder works', async () => {
    await journey(mounted());
  });

  inFull('P-14: on a mount that forbids execution plain programs work, and the doctor names it', async () => {
    const world = mounted('noexec,size=400m');
    await journey(world);
    expect(checkStoreRights(fs, world.layout)).toContainEqual(
      expect.objectContaining({
        id: 'store-executable',
        ok: false,
        hint: expect.stringContaining('--store'),
      }),
    );
  });

  const addon = realAddon();
  if (addon === null)
    console.log('skipped: a native module on a noexec mount, because none is installed here');
  const failing: Readonly<Record<string, () => Record<string, string | Buffer>>> = {
    'a native module': () => ({
      'cli.js':
        "import path from 'node:path'; process.dlopen({ exports: {} }, path.join(import.meta.dirname, 'addon.node'));",
      'addon.node': readFileSync(addon ?? ''),
    }),
    'a helper program': () => ({
      'cli.js':
        "import { execFileSync } from 'node:child_process'; execFileSync(import.meta.dirname + '/helper.sh');",
    }),
  };
  for (const [what, program] of Object.entries(failing)) {
    test.skipIf(what === 'a native module' ? addon === null : !isFull)(
      `P-14: ${what} that may not be executed there is the fault of the machine, not of the version`,
      async () => {
        const world = mounted('noexec,size=400m');
        await stage(world, '1.1.0', {
          files: { ...program(), 'helper.sh': { content: '#!/bin/sh\n', mode: 0o755 } },
        });
        const stagedoor = newShell(world);
        const failed = next(stagedoor, 'runtime:failed');
        expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
        expect(await failed).toMatchObject({
          version: '1.1.0',
          error: { code: 'SPAWN_FAILED', blame: 'machine' },
        });
        await stagedoor.stop();
        isUntouched(world, '1.1.0');
      },
    );
  }

  test('P-14: a mount that becomes read-only is named by the update, what is staged runs, and later all works', async () => {
    const world = mounted();
    const mount = path.dirname(world.layout.root);
    const registry = await registryForTest();
    await stage(world, '1.1.0', { files });
    registry.publish(packed('1.2.0', { files }));
    const stagedoor = newShell(world, { registry: registry.url });
    expect(await stagedoor.start()).toMatchObject({ version: '1.1.0' });
    remount(mount, 'ro');
    expect(await stagedoor.update()).toMatchObject({
      outcome: 'failed',
      error: { code: 'DISK_DENIED', blame: 'disk' },
    });
    expect(await stagedoor.restart({ when: 'now' })).toMatchObject({ outcome: 'running', version: '1.1.0' });
    await stagedoor.stop();
    remount(mount, 'rw');
    isUntouched(world, '1.1.0');
    expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
    expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.2.0' });
  });

  inFull(
    'P-14: a mount that becomes read-only between two steps of staging leaves what was there',
    async () => {
      const world = mounted();
      const mount = path.dirname(world.layout.root);
      const registry = await registryForTest();
      await stage(world, '1.1.0', { files });
      registry.publish(packed('1.2.0', { files }));
      const stagedoor = newShell(world, { registry: registry.url });
      const detach = stagedoor.on('chart:state', ({ chart, state }) => {
        if (chart === 'update' && state === 'working.extracting') remount(mount, 'ro');
      });
      expect(await stagedoor.update()).toMatchObject({ outcome: 'failed', error: { blame: 'disk' } });
      detach();
      remount(mount, 'rw');
      isUntouched(world, '1.1.0');
      expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
    },
  );

  test('P-14: a mount of its own for versions that is too small is named before anything is downloaded', async () => {
    const world = newWorld();
    mountMemory(world.layout.versions, 'size=100m');
    const registry = await registryForTest();
    registry.publish(packed('1.1.0', { files }));
    const stagedoor = newShell(world, { registry: registry.url });
    expect(await stagedoor.update()).toMatchObject({ outcome: 'failed', error: { code: 'DISK_FULL' } });
    expect(registry.requests.filter(({ subject }) => subject === 'tarball')).toEqual([]);
  });

  const folders = ['versions', 'trash', 'cache'] as const;
  for (const folder of folders.slice(0, share(1, folders.length))) {
    test(`P-14: a mount of its own for ${folder}: versions are staged, damaged ones replaced and old ones collected`, async () => {
      const world = newWorld();
      const { layout } = world;
      mountMemory(layout[folder]);
      await journey(world);
      for (const version of ['1.2.0', '1.3.0']) layOut(world, version, { files });
      await stage(world, '1.4.0', { files });
      expect((await collectGarbage(fs, layout, { bundledDir: world.bundled })).inUse).toEqual([]);
      expect(stagedVersions(fs, layout)).toEqual(['1.4.0']);
      rmSync(path.join(layout.version('1.4.0'), 'lib/module.js'));
      const registry = await registryForTest();
      registry.publish(packed('1.4.0', { files }));
      const stagedoor = newShell(world, { registry: registry.url });
      expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.4.0' });
      expect(await verifyTrees(fs, layout)).toMatchObject({ outcome: 'ok', trees: [{ version: '1.4.0' }] });
      await collectGarbage(fs, layout, { bundledDir: world.bundled });
      expect(
        [layout.trash, layout.nearTrash].filter(existsSync).flatMap(trash => readdirSync(trash)),
      ).toEqual([]);
    });
  }
});

const oddNames = {
  'spaces and quotes': `a "b" 'c' \`d\``,
  'signs of shells and addresses': '%2e%2e #x?y&z=$(x);*',
  'letters of the world': 'Ünïcödé 文件 \u{1f600} e\u0301',
  'a line break and a tab': 'a\nb\tc',
  // No backslash: Node itself imports nothing from below such a folder.
  colons: 'a:b:',
  'a dash at its beginning': '-rf --store',
};

describe('P-14: odd places', () => {
  const cases = isFull
    ? Object.entries(oddNames)
    : [['all of them', Object.values(oddNames).join('')] as const];
  for (const [what, name] of cases) {
    test.skipIf(process.platform === 'win32')(
      `P-14: a store whose path has ${what} works`,
      async ({ task }) => {
        const { dir } = newWorld();
        await journey(storedAt(path.join(dir, name.slice(0, 200), 'store')));
        ran({ task }, 1, 'odd places');
      },
    );
  }

  inFull('P-14: a store behind a link works, and is the same store by both names', async () => {
    const world = newWorld();
    mkdirSync(path.join(world.dir, 'real'));
    symlinkSync('real', path.join(world.dir, 'link'));
    const linked = storedAt(path.join(world.dir, 'link', 'store'));
    await journey(linked);
    const direct = newShell({
      ...linked,
      options: { ...linked.options, store: path.join(world.dir, 'real', 'store') },
    });
    expect(await direct.start()).toMatchObject({ version: '1.1.0', role: 'override' });
  });

  const deep = (dir: string, length: number): string => {
    let store = dir;
    while (length - store.length > 1)
      store = path.join(store, 'd'.repeat(Math.min(200, length - store.length - 1)));
    return store;
  };

  inFull('P-14: a store with a path of 2,000 characters works', async () => {
    await journey(storedAt(deep(newWorld().dir, 2000)));
  });

  // Linux takes 4,096 bytes with the ending zero: at some of these the store itself can be made and its trees can't.
  const lengths = isFull ? [3930, 3950, 3970, 3990, 4010, 4030, 4060, 4080, 4094, 4200] : [3950];
  for (const length of lengths) {
    test.skipIf(process.platform !== 'linux')(
      `P-14: where a path of ${length} characters is too long, the update names the disk and the bundled runtime starts`,
      async () => {
        const world = storedAt(deep(newWorld().dir, length));
        const registry = await registryForTest();
        registry.publish(packed('1.1.0', { files: { [`${'n'.repeat(50)}/${'m'.repeat(60)}.js`]: 'x' } }));
        const stagedoor = newShell(world, { registry: registry.url });
        expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
        expect(await stagedoor.update()).toMatchObject({
          outcome: 'failed',
          error: { code: 'STORE_UNREADABLE', blame: 'disk' },
        });
        expect(await stagedoor.restart({ when: 'now' })).toMatchObject({
          outcome: 'running',
          version: '1.0.0',
        });
        await stagedoor.stop();
        expect(readBadVersions(fs, world.layout)).toEqual([]);
      },
    );
  }
});
