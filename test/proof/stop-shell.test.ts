import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import type { RuntimeSource } from '#src/testing/index.js';
import { type AppWorld, fs, until } from '../support/app-world.ts';
import { launchWorld } from '../support/kills/launch-kills.ts';
import { startVictim, type Victim } from '../support/kills/victim.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

const deadlineMs = share(400, 30_000);
const stopMs = share(1_200, 120_000);

type Stopped = { readonly world: AppWorld; readonly shell: Victim };

const probing = async (source: Omit<RuntimeSource, 'name' | 'version'>): Promise<Stopped> => {
  const { options, ...world } = await launchWorld(source);
  const shell = startVictim('shell', { ...options, probeTimeout: deadlineMs });
  await shell.says(({ at }) => typeof at === 'string' && at.startsWith('alive.probing'));
  return { world: { ...world, options }, shell };
};

/** The shell sleeps in the middle of its probe for longer than the deadline. */
const sleepInProbe = async (source: Omit<RuntimeSource, 'name' | 'version'>): Promise<Stopped> => {
  const stopped = await probing(source);
  const { shell } = stopped;
  await shell.says(line => 'output' in line || line.ready !== undefined);
  shell.signal('SIGSTOP');
  // The stop itself is what is tested: nothing else tells that enough time has gone by.
  await pause(stopMs);
  shell.signal('SIGCONT');
  return stopped;
};

const marks = ({ layout }: AppWorld) => readBadVersions(fs, layout);
const attemptAt = ({ layout }: AppWorld, version: string) =>
  readAttempts(fs, layout).find(attempt => attempt.version === version);

const expectNoBlame = async ({ world, shell }: Stopped): Promise<void> => {
  const judged = await shell.says(line => 'judged' in line);
  expect(judged?.line.judged).toEqual(['inconclusive']);
  expect((await shell.says(line => 'ready' in line))?.line).toMatchObject({ ready: '1.1.0' });
  await until(() => attemptAt(world, '1.2.0')?.state !== 'open');
  expect(attemptAt(world, '1.2.0')).toMatchObject({ state: 'inconclusive' });
  expect(marks(world)).toEqual([]);
  expect(fs.existsSync(world.layout.version('1.2.0'))).toBe(true);
  await shell.kill();
};

test('P-26: a shell that slept in its probe for longer than the deadline blames nobody', async ({ task }) => {
  const silent = await sleepInProbe({ behaviour: 'never-listens' });
  await expectNoBlame(silent);
  ran({ task }, 1, 'stops');
});

test('P-26: a runtime that became ready while its shell slept is ready', async ({ task }) => {
  const source = { behaviour: 'starts-slowly', afterMs: stopMs / 2, files: { 'hello.js': '' } } as const;
  const { options, ...rest } = await launchWorld(source);
  const world = { ...rest, options };
  const shell = startVictim('shell', { ...options, probeTimeout: deadlineMs });
  await shell.says(({ at }) => typeof at === 'string' && at.startsWith('alive.probing'));
  shell.signal('SIGSTOP');
  await pause(stopMs);
  shell.signal('SIGCONT');
  expect((await shell.says(line => 'ready' in line))?.line).toMatchObject({ ready: '1.2.0' });
  await until(() => attemptAt(world, '1.2.0')?.state === 'ready');
  expect(marks(world)).toEqual([]);
  await shell.kill();
  ran({ task }, 1, 'stops');
});

test.runIf(isFull)(
  'P-26: a runtime that is stopped itself is not blamed for its silence',
  async ({ task }) => {
    const { options, ...rest } = await launchWorld({ behaviour: 'never-listens' });
    const world = { ...rest, options };
    const shell = startVictim('shell', { ...options, probeTimeout: 1_000 });
    await shell.says(line => 'output' in line);
    await until(() => typeof attemptAt(world, '1.2.0')?.child?.pid === 'number');
    process.kill(attemptAt(world, '1.2.0')?.child?.pid ?? 0, 'SIGSTOP');
    await expectNoBlame({ world, shell });
    ran({ task }, 1, 'stops');
  },
);
