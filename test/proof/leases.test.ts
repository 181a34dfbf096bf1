import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pruneAttempts, readAttempts } from '#src/store/attempts.js';
import { liveLeases } from '#src/store/lease.js';
import { stagedVersions } from '#src/store/retention.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import {
  type AppWorld,
  answer,
  fs,
  layOut,
  newLauncher,
  newWorld,
  nextAddress,
  packed,
  stage,
} from '../support/app-world.ts';
import { damage, damaged } from '../support/fuzz/mutation.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const command = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

const collected = ({ layout, bundled }: AppWorld) => collectGarbage(fs, layout, { bundledDir: bundled });

/** A child runs 1.1.0, and the pointer has moved on: nothing but its lease and its attempt keeps the version. */
const running = async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const launcher = newLauncher(world);
  const address = nextAddress(launcher);
  expect(await launcher.start()).toMatchObject({ version: '1.1.0' });
  await stage(world, '1.2.0');
  return { world, launcher, address: await address };
};

const leaseFile = ({ layout }: AppWorld): string => {
  const [name] = readdirSync(layout.leases);
  if (name === undefined) throw new Error('there is no lease');
  return path.join(layout.leases, name);
};

const losses: Readonly<Record<string, (world: AppWorld) => void>> = {
  'that is gone': world => unlinkSync(leaseFile(world)),
  'that is empty': world => writeFileSync(leaseFile(world), ''),
  'that is garbage': world => writeFileSync(leaseFile(world), '\0{"version":'),
  'that names another version': world =>
    writeFileSync(leaseFile(world), '{"schema":1,"version":"9.9.9","holder":"1-1-1"}'),
  'that has another holder': world =>
    writeFileSync(leaseFile(world), '{"schema":1,"version":"1.1.0","holder":"1-1-1"}'),
  'whose folder is gone': ({ layout }) => rmSync(layout.leases, { recursive: true }),
  'whose folder is a file': ({ layout }) => {
    rmSync(layout.leases, { recursive: true });
    writeFileSync(layout.leases, '');
  },
  'whose folder is a link to itself': ({ layout }) => {
    rmSync(layout.leases, { recursive: true });
    symlinkSync('leases', layout.leases);
  },
};

describe('P-12: a damaged lease', () => {
  for (const [what, lose] of Object.entries(losses).slice(0, share(3, 8))) {
    test(`P-12: a version whose child runs under a lease ${what} is not collected; when the child has ended, it goes`, async () => {
      const { world, launcher, address } = await running();
      lose(world);
      expect((await collected(world)).removed).toEqual([]);
      expect((await collected(world)).removed).toEqual([]);
      expect(await answer(address)).toMatchObject({ version: '1.1.0' });
      await launcher.stop();
      expect((await collected(world)).removed).toEqual(['1.1.0']);
    });
  }

  test('P-12: neither is one whose attempt is damaged, as long as its lease is whole', async ({ task }) => {
    const { world } = await running();
    const attempt = path.join(world.layout.attempts, `${readAttempts(fs, world.layout)[0]?.id}.json`);
    const good = fs.readFileSync(attempt);
    const numRuns = share(20, 500);
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async damages => {
        writeFileSync(attempt, damaged(good, damages));
        expect((await collected(world)).removed).toEqual([]);
      }),
      { seed, numRuns },
    );
    writeFileSync(attempt, good);
    ran({ task }, numRuns, 'collections beside a running child');
  });

  test('P-12: neither is one whose lease is damaged at random', async ({ task }) => {
    const { world } = await running();
    const numRuns = share(20, 500);
    const file = leaseFile(world);
    const good = fs.readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async damages => {
        writeFileSync(file, damaged(good, damages));
        expect((await collected(world)).removed).toEqual([]);
      }),
      { seed, numRuns },
    );
    ran({ task }, numRuns, 'collections beside a running child');
  });

  test('P-12: the record of a running child is not among those that are pruned, however many follow', async () => {
    const { world } = await running();
    const { layout } = world;
    unlinkSync(leaseFile(world));
    const [first] = readAttempts(fs, layout);
    for (let number = 0; number < 60; number += 1) {
      const id = `zzzzzzzzz-${String(number).padStart(10, '0')}`;
      writeFileSync(
        layout.attempt(id),
        JSON.stringify({ ...first, schema: 1, id, version: '1.2.0', child: null, state: 'failed' }),
      );
    }
    expect(await pruneAttempts(fs, layout)).toBeGreaterThan(0);
    expect(readAttempts(fs, layout).map(({ id }) => id)).toContain(first?.id);
    expect((await collected(world)).removed).toEqual([]);
  });
});

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

test('P-12: collections of other processes race updates and a running child, and its version stays', async ({
  task,
}) => {
  const { world, address } = await running();
  const { layout } = world;
  const registry = await registryForTest();
  const rounds = share(1, 15);
  for (let round = 0; round < rounds; round += 1) {
    const version = `1.3.${round}`;
    registry.publish(packed(version));
    layOut(world, `1.1.${round + 1}`);
    const store = ['--package', 'app-runtime', '--store', layout.root, '--bundled', world.bundled, '--json'];
    const orders = [['gc'], ['update', '--registry', registry.url], ['gc']];
    const children = orders.map(order => {
      const child = spawn(process.execPath, [command, ...order, ...store], { stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    });
    await Promise.all(children.map(ended));
    expect(
      children.map(({ exitCode }) => exitCode),
      `round ${round}`,
    ).toEqual([0, 0, 0]);
    expect(await answer(address)).toMatchObject({ version: '1.1.0' });
    expect(stagedVersions(fs, layout)).toEqual(expect.arrayContaining(['1.1.0', version]));
    expect([...liveLeases(fs, layout)]).toEqual(['1.1.0']);
  }
  ran({ task }, rounds * 2, 'collections beside a running child');
});
