import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Resolution } from '#machines/contract.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { launchSetup } from '#src/launching/setup.js';
import type { StagedoorOptions } from '#src/options.js';
import { markBad } from '#src/store/bad-versions.js';
import type { FileSystem } from '#src/store/file-system.js';
import { recordReady } from '#src/store/health.js';
import { openJournal } from '#src/store/journal.js';
import { writePin } from '#src/store/pin.js';
import { commitPointer, readPointer } from '#src/store/pointer.js';
import { faultyFileSystem } from '#src/testing/index.js';
import {
  type AppWorld,
  bundle,
  fs,
  json,
  layOut,
  newWorld,
  put,
  stage,
  trust,
} from '../../support/app-world.ts';

const effectsOf = (world: AppWorld, options: Partial<StagedoorOptions> = {}, through: FileSystem = fs) => {
  const setup = launchSetup({ ...world.options, ...options }, through);
  return createLaunchEffects(setup, openJournal(fs, world.layout));
};

const resolve = (world: AppWorld, exclude: readonly string[] = [], options: Partial<StagedoorOptions> = {}) =>
  effectsOf(world, options).resolve({ exclude });

const order = ({ candidates }: Resolution) => candidates.map(({ role, version }) => `${role} ${version}`);
const reasons = ({ refusals }: Resolution) => refusals.map(({ code }) => code);

const mark = (
  world: AppWorld,
  version: string,
  cause: 'LAUNCH_EXITED_EARLY' | 'ROLLED_BACK',
  now = new Date(),
) => {
  const facts = { version, integrity: null, abi: '', shellVersion: '', cause, reason: 'it died' } as const;
  return markBad(fs, world.layout, { ...facts, weight: 'bad' }, now);
};

describe('which runtimes are candidates', () => {
  test('L-03: the staged version, the previous known-good one and the bundled one, in this order', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await trust(world, '1.2.0');
    await stage(world, '1.3.0');
    expect(order(await resolve(world))).toEqual(['override 1.3.0', 'previous 1.2.0', 'bundled 1.0.0']);
  });

  test('L-02: an older staged version is not launched after the shell was upgraded, and its pointer goes', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    expect(order(await resolve(world))).toEqual(['override 1.1.0', 'bundled 1.0.0']);
    bundle(world.bundled, '1.1.0');
    const resolution = await resolve(world);
    expect(order(resolution)).toEqual(['bundled 1.1.0']);
    expect(reasons(resolution)).toContain('not-above-bundled');
    expect(readPointer(fs, world.layout)).toEqual({ kind: 'none' });
  });

  test('L-02: a previous known-good version at or below the bundled one is no fallback', async () => {
    const world = newWorld();
    await trust(world, '1.0.0');
    await trust(world, '0.9.0');
    expect(order(await resolve(world))).toEqual(['bundled 1.0.0']);
  });

  test('S-05: no pointer and an invalid one are told apart; the invalid one is removed', async () => {
    const world = newWorld();
    expect(reasons(await resolve(world))).toContain('no-pointer');
    put(world.layout.current, '{"version":"1.1.0","place":"/elsewhere"}');
    expect(reasons(await resolve(world))).toContain('invalid-pointer');
    expect(existsSync(world.layout.current)).toBe(false);
  });

  test('S-05: a folder in place of the pointer is removed, and the bundled runtime is launched', async () => {
    const world = newWorld();
    put(path.join(world.layout.current, 'a', 'b'), 'x');
    expect(order(await resolve(world))).toEqual(['bundled 1.0.0']);
    expect(existsSync(world.layout.current)).toBe(false);
  });

  test('S-04: a pointer whose entry is gone is refused and removed', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    rmSync(path.join(world.layout.version('1.1.0'), 'cli.js'));
    const resolution = await resolve(world);
    expect(order(resolution)).toEqual(['bundled 1.0.0']);
    expect(reasons(resolution)).toContain('entry-missing');
    expect(existsSync(world.layout.current)).toBe(false);
  });

  test('S-05: a pointer whose entry cannot be read now is passed over and stays', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await stage(world, '1.2.0');
    const { fs: faulty, failAt } = faultyFileSystem();
    const manifest = path.join(world.layout.version('1.2.0'), 'package.json');
    failAt(({ call, path: place }) => call === 'readFile' && place === manifest, 'EMFILE');
    expect(order(await effectsOf(world, {}, faulty).resolve({ exclude: [] }))[0]).toBe('previous 1.1.0');
    expect(order(await resolve(world))[0]).toBe('override 1.2.0');
  });

  test('S-03: a pointer of the older shape is launched and rewritten with the list of its tree', async () => {
    const world = newWorld();
    const tree = layOut(world, '1.1.0');
    const cliEntry = path.join(world.layout.version('1.1.0'), 'cli.js');
    put(world.layout.current, JSON.stringify({ version: '1.1.0', cliEntry }));
    expect(order(await resolve(world))).toEqual(['override 1.1.0', 'bundled 1.0.0']);
    expect(json(world.layout.current)).toEqual({ schema: 1, version: '1.1.0', seq: 1, tree });
  });

  test('S-06: a bad version is neither the override nor the fallback, and the one trusted before it is', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await trust(world, '1.2.0');
    await stage(world, '1.3.0');
    await mark(world, '1.3.0', 'LAUNCH_EXITED_EARLY');
    await mark(world, '1.2.0', 'LAUNCH_EXITED_EARLY');
    const resolution = await resolve(world);
    expect(order(resolution)).toEqual(['previous 1.1.0', 'bundled 1.0.0']);
    expect(reasons(resolution)).toContain('bad-version');
    expect(existsSync(world.layout.current)).toBe(false);
  });

  test('S-06: a verdict lapses after 14 days for one retry, a rollback by hand does not', async () => {
    const world = newWorld();
    const longAgo = new Date(Date.now() - 15 * 24 * 60 * 60 * 1000);
    await stage(world, '1.1.0');
    await mark(world, '1.1.0', 'LAUNCH_EXITED_EARLY', longAgo);
    expect(order(await resolve(world))).toContain('override 1.1.0');
    await mark(world, '1.1.0', 'ROLLED_BACK', longAgo);
    expect(order(await resolve(world))).not.toContain('override 1.1.0');
  });

  test('P-26: where every candidate is marked bad, the marks are ignored once, and nothing is removed', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    await mark(world, '1.1.0', 'LAUNCH_EXITED_EARLY');
    const resolution = await resolve(world, [], { bundled: undefined });
    expect(order(resolution)).toEqual(['override 1.1.0']);
    expect(reasons(resolution)).toContain('marks-ignored');
    expect(existsSync(world.layout.current)).toBe(true);
  });

  test('P-28: what has failed in this launch is no candidate of it, the trusted one before it is', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await trust(world, '1.2.0');
    await commitPointer(fs, world.layout, { version: '1.2.0', tree: null });
    const resolution = await resolve(world, ['1.2.0']);
    expect(order(resolution)).toEqual(['previous 1.1.0', 'bundled 1.0.0']);
    expect(reasons(resolution)).toContain('failed-in-this-launch');
    expect(existsSync(world.layout.current)).toBe(true);
  });
});

describe('a pin', () => {
  test('P-28: it takes the place of the pointer, so that a launch has three candidates at most', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    layOut(world, '1.3.0');
    await stage(world, '1.2.0');
    await writePin(fs, world.layout, '1.3.0');
    const resolution = await resolve(world);
    expect(order(resolution)).toEqual(['pinned 1.3.0', 'previous 1.1.0', 'bundled 1.0.0']);
    expect(resolution.refusals).toContainEqual(expect.objectContaining({ code: 'pinned', version: '1.2.0' }));
    expect(order(await resolve(world, ['1.3.0']))).toEqual(['previous 1.1.0', 'bundled 1.0.0']);
  });

  test('L-02: a pinned version below the bundled one is launched, because the user wants it', async () => {
    const world = newWorld();
    layOut(world, '0.9.0');
    await writePin(fs, world.layout, '0.9.0');
    expect(order(await resolve(world))).toEqual(['pinned 0.9.0', 'bundled 1.0.0']);
  });

  test('P-39: a pinned version that is gone is refused with its reason, and the pointer serves', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    await writePin(fs, world.layout, '1.2.0');
    const resolution = await resolve(world);
    expect(order(resolution)).toEqual(['override 1.1.0', 'bundled 1.0.0']);
    expect(resolution.refusals).toContainEqual(
      expect.objectContaining({ code: 'pin-unavailable', message: expect.stringContaining('not on disk') }),
    );
  });

  test('P-26: pinning a version does not cost it the trust that its tree has earned', async () => {
    const world = newWorld();
    const tree = layOut(world, '1.1.0');
    for (const _ of [1, 2]) await recordReady(fs, world.layout, { version: '1.1.0', tree });
    await writePin(fs, world.layout, '1.1.0');
    const effects = effectsOf(world);
    const [candidate] = (await effects.resolve({ exclude: [] })).candidates;
    expect(candidate).toMatchObject({ role: 'pinned', tree, firstStart: false });
    if (candidate === undefined) throw new Error('there is no candidate');
    const attempt = await effects.openAttempt(candidate, new AbortController().signal);
    expect(await effects.recordReady({ candidate, attempt, natives: null })).toEqual({
      healthyLaunches: 3,
      trusted: true,
    });
  });
});

/** What a disk, a user or another program can make of a store. */
const stores: Readonly<Record<string, (world: AppWorld) => void>> = {
  'is a file': ({ layout }) => writeFileSync(layout.root, 'no folder'),
  'lies below a file': ({ layout }) => writeFileSync(path.dirname(layout.root), 'no folder'),
  'holds garbage in every file': ({ layout }) => {
    const { current, badVersions, health, pin, journal } = layout;
    for (const file of [current, badVersions, health, pin, journal]) put(file, '\0\x01{"');
    put(layout.attempt('0-garbage'), '[]');
    put(layout.lease('0-garbage'), '7');
  },
  'holds a folder in place of every file': ({ layout }) => {
    const { current, badVersions, health, pin, journal } = layout;
    for (const file of [current, badVersions, health, pin, journal]) mkdirSync(file, { recursive: true });
  },
  'holds a file in place of every folder': ({ layout }) => {
    const { attempts, leases, versions, trash, cache } = layout;
    for (const dir of [attempts, leases, versions, trash, cache]) put(dir, 'no folder');
  },
  'names a version whose folder is a file': ({ layout }) => {
    put(layout.current, '{"schema":1,"version":"1.1.0","seq":1,"tree":null}');
    put(layout.version('1.1.0'), 'no folder');
  },
  'can not be listed': ({ layout }) => {
    mkdirSync(layout.root);
    chmodSync(layout.root, 0o000);
  },
};

describe('P-06: the bundled runtime starts whatever the store looks like', () => {
  for (const [what, make] of Object.entries(stores)) {
    test(`P-06: a store that ${what}`, async () => {
      const base = newWorld();
      const layout =
        what === 'lies below a file'
          ? launchSetup({ ...base.options, store: path.join(base.dir, 'file', 'store') }).layout
          : base.layout;
      const world = { ...base, layout, options: { ...base.options, store: layout.root } };
      make(world);
      const effects = effectsOf(world);
      await effects.recover().catch(() => 'the chart goes on');
      const { candidates } = await effects.resolve({ exclude: [] });
      expect(candidates.map(({ role }) => role)).toEqual(['bundled']);
      const [candidate] = candidates;
      if (candidate === undefined) throw new Error('there is no candidate');
      await effects.checkTree(candidate);
      expect((await effects.openAttempt(candidate, new AbortController().signal)).candidate).toBe(candidate);
    });
  }

  test('P-06: random bytes in the files of the store, a thousand times', async () => {
    const world = newWorld();
    const { current, badVersions, health, pin } = world.layout;
    mkdirSync(world.layout.root);
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const texts = [
      '{"version":"1.1.0"}',
      '{"schema":1,"versions":[{"version":7}]}',
      '{"trusted":["9.9.9",1]}',
      '[]',
    ];
    const effects = effectsOf(world);
    for (let round = 0; round < 1000; round += 1) {
      for (const file of [current, badVersions, health, pin]) {
        const text = Buffer.from(texts[random(texts.length)] ?? '');
        text[random(text.length)] = random(256);
        writeFileSync(file, text.subarray(0, random(text.length + 1)));
      }
      const { candidates } = await effects.resolve({ exclude: [] });
      expect(candidates.at(-1)).toMatchObject({ role: 'bundled', version: '1.0.0' });
    }
  });

  test('L-07: a resolver that throws counts as no override, and says so', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    // The bundle is looked at through the same port: only what is in the store is out of order.
    const through: FileSystem = {
      ...fs,
      lstatSync: Object.assign((place: string, ...rest: readonly object[]) => {
        if (place.startsWith(world.layout.root)) throw new RangeError('a defect');
        return Reflect.apply(fs.lstatSync, fs, [place, ...rest]);
      }, fs.lstatSync) as FileSystem['lstatSync'],
    };
    const resolution = await effectsOf(world, {}, through).resolve({ exclude: [] });
    expect(order(resolution)).toEqual(['bundled 1.0.0']);
    expect(reasons(resolution)).toEqual(['resolver-failed']);
  });
});

describe('the bundled runtime', () => {
  test('C-05: its version is that of its own package.json, else that of the shell', async () => {
    const world = newWorld();
    const own = await resolve(world, [], { shellVersion: '7.0.0' });
    expect(order(own)).toEqual(['bundled 1.0.0']);
    put(path.join(world.bundled, 'package.json'), '{"version":"not semver","bin":"cli.js"}');
    expect(order(await resolve(world, [], { shellVersion: '7.0.0' }))).toEqual(['bundled 7.0.0']);
  });

  const without: Readonly<Record<string, (world: AppWorld) => void>> = {
    'is missing': ({ bundled }) => rmSync(bundled, { recursive: true }),
    'has no entry': ({ bundled }) => rmSync(path.join(bundled, 'cli.js')),
    'has no valid version, nor has the shell': ({ bundled }) =>
      put(path.join(bundled, 'package.json'), '{"version":"newest","bin":"cli.js"}'),
  };
  for (const [what, make] of Object.entries(without)) {
    test(`P-39: where it ${what} and nothing is staged, that is BUNDLED_INVALID with the reason`, async () => {
      const world = newWorld();
      make(world);
      const failure = await resolve(world).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'BUNDLED_INVALID',
        message: expect.stringMatching(/no entry|version/),
      });
    });

    test(`P-06: where it ${what}, a staged version is launched`, async () => {
      const world = newWorld();
      make(world);
      await stage(world, '1.1.0');
      expect(order(await resolve(world))).toEqual(['override 1.1.0']);
    });
  }
});
