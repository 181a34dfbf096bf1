import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { StagedoorOptions } from '#src/index.js';
import { isAlive, processToken } from '#src/process/identity.js';
import { openAttempt, readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import {
  type AppWorld,
  fs,
  newLauncher,
  newShell,
  newWorld,
  next,
  put,
  record,
  stage,
  until,
} from '../../support/app-world.ts';
import { deadToken } from '../store/fresh-store.ts';

type Shell = {
  readonly child: ChildProcess;
  /** The first line that fits. */
  said(fits: (line: Readonly<Record<string, unknown>>) => boolean): Promise<Record<string, unknown>>;
  kill(): Promise<void>;
};

const program = fileURLToPath(new URL('../../../dist/test/src/launching/shell.js', import.meta.url));

/** Another process that launches; it is killed at the end of the test in any case. */
const startShell = (options: StagedoorOptions): Shell => {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  onTestFinished(kill);
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', line => {
    lines.push(Object.assign({}, JSON.parse(line)));
    for (const look of [...waiting]) look();
  });
  return {
    child,
    kill,
    said: fits =>
      new Promise(resolve => {
        const look = (): void => {
          const found = lines.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
};

/** The child that the records of the store name last. */
const childOf = ({ layout }: AppWorld) => readAttempts(fs, layout).at(-1)?.child ?? null;

/** Killed while its runtime starts, with the record of the child on disk. */
const dieInProbe = async (world: AppWorld): Promise<string> => {
  const shell = startShell(world.options);
  await shell.said(line => 'output' in line);
  await until(() => childOf(world) !== null);
  const token = childOf(world)?.token ?? '';
  await shell.kill();
  return token;
};

const endless =
  'setInterval(() => undefined, 1000); process.on("disconnect", () => undefined); console.log("up");';

test('P-26, P-30: a shell killed in an open attempt is a strike, the second is bad, and its orphans are swept', async () => {
  const world = newWorld();
  await stage(world, '1.1.0', { files: { 'cli.js': endless } });
  const first = await dieInProbe(world);
  expect(isAlive(first)).toBe(true);
  const second = await dieInProbe(world);
  expect(isAlive(first)).toBe(false);
  expect(readBadVersions(fs, world.layout)).toMatchObject([
    { version: '1.1.0', strikes: 1, cause: 'SHELL_DIED' },
  ]);
  const launcher = newLauncher(world);
  const rolledBack = next(launcher, 'runtime:rolled-back');
  expect(await launcher.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  expect(isAlive(second)).toBe(false);
  expect(await rolledBack).toMatchObject({ version: '1.1.0', running: '1.0.0' });
  expect(readBadVersions(fs, world.layout)).toMatchObject([{ version: '1.1.0', strikes: 2 }]);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(false);
});

test('P-30: a runtime whose shell died before it was written down is swept at the next start', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'only Linux tells the environment of another process');
  const world = newWorld();
  const tree = await stage(world, '1.1.0');
  const attempt = await openAttempt(fs, world.layout, { version: '1.1.0', role: 'override', tree });
  put(world.layout.attempt(attempt.id), JSON.stringify({ schema: 1, ...attempt, shell: await deadToken() }));
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
    env: { ...process.env, STAGEDOOR_ATTEMPT: attempt.id },
    stdio: 'ignore',
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const token = processToken(child.pid ?? 0) ?? '';
  expect(isAlive(token)).toBe(true);
  expect(await newLauncher(world).start()).toMatchObject({ outcome: 'running', version: '1.1.0' });
  expect(isAlive(token)).toBe(false);
});

test.for([
  // Written down, and its shell died in it.
  'open',
  // A start before this one was cut in its sweep, after the runtime had ended and before the helper had.
  'ready',
] as const)(
  'P-30: a helper that outlived the runtime of a dead shell is swept, though that runtime was written down: %s',
  async (state, { skip }) => {
    skip(process.platform !== 'linux', 'only Linux tells the environment of another process');
    const world = newWorld();
    const tree = await stage(world, '1.1.0');
    const attempt = await openAttempt(fs, world.layout, { version: '1.1.0', role: 'override', tree });
    const dead = await deadToken();
    const child = { pid: Number(dead.split('-')[0]), token: dead };
    put(
      world.layout.attempt(attempt.id),
      JSON.stringify({ schema: 1, ...attempt, state, shell: dead, child }),
    );
    const helper = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
      env: { ...process.env, STAGEDOOR_ATTEMPT: attempt.id },
      stdio: 'ignore',
      detached: true,
    });
    onTestFinished(() => void helper.kill('SIGKILL'));
    const token = processToken(helper.pid ?? 0) ?? '';
    expect(await newLauncher(world).start()).toMatchObject({ outcome: 'running', version: '1.1.0' });
    expect(isAlive(token)).toBe(false);
    const { state: closed } = readAttempts(fs, world.layout).find(({ id }) => id === attempt.id) ?? {};
    expect(closed).toBe(state === 'open' ? 'failed' : 'died');
  },
);

test('P-30: a runtime that listens to its shell ends with it, one that does not is swept at the next start', async () => {
  for (const behaviour of ['serves', 'ignores-sigterm'] as const) {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour });
    const shell = startShell(world.options);
    const { pid } = await shell.said(line => line.ready === '1.1.0');
    await until(() => readAttempts(fs, world.layout).some(({ state }) => state === 'ready'));
    const token = processToken(Number(pid)) ?? '';
    await shell.kill();
    if (behaviour === 'serves') await until(() => !isAlive(token));
    await stage(world, '1.2.0');
    expect(await newShell(world).start()).toMatchObject({ outcome: 'running', version: '1.2.0' });
    expect(isAlive(token)).toBe(false);
    expect(readBadVersions(fs, world.layout)).toEqual([]);
  }
});

test('P-26: the attempt of another shell that lives is nobody’s business', async () => {
  const world = newWorld();
  await stage(world, '1.1.0', { files: { 'cli.js': endless } });
  const shell = startShell(world.options);
  await shell.said(line => 'output' in line);
  await until(() => childOf(world) !== null);
  const child = childOf(world);
  const token = child?.token ?? '';
  // It does not end with its shell, and nobody sweeps this store any more.
  onTestFinished(() => void (child !== null && process.kill(child.pid, 'SIGKILL')));
  await stage(world, '1.2.0');
  expect(await newShell(world).start()).toMatchObject({ version: '1.2.0' });
  expect(isAlive(token)).toBe(true);
  expect(readBadVersions(fs, world.layout)).toEqual([]);
  // Its folder is in use: the collection behind this start leaves it alone (P-12).
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
});

test('P-32: two shells on one store each run what is staged, and none takes the folder from under the other', async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const first = startShell(world.options);
  await first.said(line => line.ready === '1.1.0');
  await stage(world, '1.2.0');
  const second = newShell(world);
  const collected = record(second, 'runtime:starting');
  expect(await second.start()).toMatchObject({ version: '1.2.0' });
  await second.stop();
  expect(collected).toHaveLength(1);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
  await first.kill();
  const third = newShell(world);
  await third.start();
  await third.stop();
  expect(existsSync(world.layout.version('1.1.0'))).toBe(false);
  expect(existsSync(world.layout.version('1.2.0'))).toBe(true);
});
