import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import type { RuntimeSource } from '#src/testing/index.js';
import { type AppWorld, fs, until } from '../support/app-world.ts';
import { launchWorld } from '../support/kills/launch-kills.ts';
import { startVictim, type Victim } from '../support/kills/victim.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

const deadlineMs = share(1_000, 30_000);
const stopMs = share(1_600, 120_000);

type Launch = { readonly world: AppWorld; readonly shell: Victim };
type Source = Omit<RuntimeSource, 'name' | 'version'>;

const attemptAt = ({ layout }: AppWorld, version: string) =>
  readAttempts(fs, layout).find(attempt => attempt.version === version);

/** A shell in the middle of its probe, with the child written down. */
const probing = async (source: Source, probeTimeout: number): Promise<Launch> => {
  const { options, ...rest } = await launchWorld(source);
  const world = { ...rest, options: { ...options, probeTimeout } };
  const shell = startVictim('shell', world.options);
  await until(() => typeof attemptAt(world, '1.2.0')?.child?.pid === 'number');
  return { world, shell };
};

/** The stop itself is what is tested: nothing else tells that enough time has gone by. */
const sleep = async ({ shell }: Launch): Promise<void> => {
  shell.signal('SIGSTOP');
  await pause(stopMs);
  shell.signal('SIGCONT');
};

const expectNoBlame = async ({ world, shell }: Launch): Promise<void> => {
  const judged = await shell.says(line => 'judged' in line);
  expect(judged?.line.judged).toEqual(['inconclusive']);
  expect((await shell.says(line => 'ready' in line))?.line).toMatchObject({ ready: '1.1.0' });
  await until(() => attemptAt(world, '1.2.0')?.state !== 'open');
  expect(attemptAt(world, '1.2.0')).toMatchObject({ state: 'inconclusive' });
  expect(readBadVersions(fs, world.layout)).toEqual([]);
  expect(fs.existsSync(world.layout.version('1.2.0'))).toBe(true);
  await shell.kill();
};

const expectReady = async ({ world, shell }: Launch): Promise<void> => {
  expect((await shell.says(line => 'ready' in line))?.line).toMatchObject({ ready: '1.2.0' });
  await until(() => attemptAt(world, '1.2.0')?.state === 'ready');
  expect(readBadVersions(fs, world.layout)).toEqual([]);
  await shell.kill();
};

test('P-26: a shell that slept in its probe for longer than the deadline blames nobody, and hears of what became ready', async ({
  task,
}) => {
  const silent = async (): Promise<void> => {
    const launch = await probing({ behaviour: 'never-listens' }, deadlineMs);
    await sleep(launch);
    await expectNoBlame(launch);
  };
  const slow = async (): Promise<void> => {
    const launch = await probing({ behaviour: 'starts-slowly', afterMs: stopMs / 2 }, deadlineMs);
    await sleep(launch);
    await expectReady(launch);
  };
  await Promise.all([silent(), slow()]);
  ran({ task }, 2, 'stops');
});

// Ending it takes some seconds: a stopped process hears no SIGTERM.
test.runIf(isFull)(
  'P-26: a runtime that is stopped itself is not blamed for its silence',
  async ({ task }) => {
    const stopped = await probing({ behaviour: 'never-listens' }, 1_000);
    process.kill(attemptAt(stopped.world, '1.2.0')?.child?.pid ?? 0, 'SIGSTOP');
    await expectNoBlame(stopped);
    ran({ task }, 1, 'stops');
  },
);
