import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { json, runCli } from '../src/cli/command-line.ts';
import { openApp } from './app.ts';
import { startRun } from './run-command.ts';
import { newShell } from './shell.ts';

test('L-01, L-03, L-06, L-09, S-06: an app is updated, proven, broken, rolled back and healed, and answers all the way', async () => {
  const shell = await newShell();
  const app = openApp(shell.options);
  const stage = async (version: string): Promise<void> => {
    const told = app.next('runtime:update-staged');
    expect(await app.update()).toMatchObject({ outcome: 'staged', version });
    expect(await told).toMatchObject({ version });
    expect(shell.stored('current.json')).toMatchObject({ version });
  };

  expect(await app.start()).toMatchObject({ outcome: 'running', version: '1.0.0', role: 'bundled' });
  expect(await shell.answer()).toMatchObject({ version: '1.0.0' });

  shell.publish('1.1.0');
  await stage('1.1.0');
  expect(await shell.answer()).toMatchObject({ version: '1.0.0' });
  expect(await app.restart()).toMatchObject({ outcome: 'running', version: '1.1.0', role: 'override' });
  expect(await shell.answer()).toMatchObject({ version: '1.1.0', launchedAs: '1.1.0' });

  expect(await app.restart()).toMatchObject({ version: '1.1.0' });
  const trusted = app.next('runtime:trusted');
  expect(await app.restart()).toMatchObject({ version: '1.1.0' });
  expect(await trusted).toEqual({ version: '1.1.0' });
  expect(shell.stored('health.json')).toMatchObject({ trusted: ['1.1.0'], highWater: '1.1.0' });

  shell.publish('1.2.0', 'dies-at-start');
  await stage('1.2.0');
  const rolledBack = app.next('runtime:rolled-back');
  expect(await app.restart()).toMatchObject({ outcome: 'running', version: '1.1.0', role: 'previous' });
  expect(await rolledBack).toMatchObject({ version: '1.2.0', running: '1.1.0' });
  expect((await rolledBack).reason).toContain('a fault at the start');
  expect(await shell.answer()).toMatchObject({ version: '1.1.0' });
  expect(shell.stored('bad-versions.json')).toMatchObject({
    versions: [{ version: '1.2.0', cause: 'LAUNCH_EXITED_EARLY', strikes: 2 }],
  });
  expect(shell.versions()).toEqual(['1.1.0']);
  expect(await app.update()).toMatchObject({ outcome: 'bad-version', version: '1.2.0' });

  shell.publish('1.2.1');
  await stage('1.2.1');
  expect(await app.restart()).toMatchObject({ outcome: 'running', version: '1.2.1', role: 'override' });
  expect(await shell.answer()).toMatchObject({ version: '1.2.1' });

  await app.stop();
  await expect(shell.answer()).rejects.toThrow('fetch failed');
  expect(shell.versions()).toEqual(['1.1.0', '1.2.1']);
  expect(shell.journal()).toEqual(
    expect.arrayContaining([
      'runtime:ready',
      'runtime:trusted',
      'runtime:rolled-back',
      'runtime:update-staged',
    ]),
  );
});

test('L-01, L-09: run looks for updates by itself once the runtime is healthy, and the next run starts what it staged', async () => {
  const shell = await newShell();
  shell.publish('1.1.0');
  writeFileSync(
    path.join(shell.home, 'stagedoor.config.json'),
    JSON.stringify({ schedule: { firstCheckMs: 10 } }),
  );
  const there = { cwd: shell.home };
  const args = [...shell.flags, '--', ...shell.options.args];

  const first = startRun(args, there);
  expect(await first.next('runtime:ready')).toMatchObject({ version: '1.0.0', role: 'bundled' });
  expect(await first.next('runtime:update-staged')).toMatchObject({ version: '1.1.0' });
  expect(await shell.answer()).toMatchObject({ version: '1.0.0' });
  await first.stop();

  const second = startRun(args, there);
  expect(await second.next('runtime:ready')).toMatchObject({ version: '1.1.0', role: 'override' });
  expect(await shell.answer()).toMatchObject({ version: '1.1.0' });
  await second.stop();
});

test('L-06, L-09: what the command line staged and found broken is told, marked, and forgiven by hand', async () => {
  const shell = await newShell();
  shell.publish('1.1.0', 'dies-at-start');
  const cli = async (...args: readonly string[]): Promise<unknown> =>
    json(await runCli([...args, '--json', ...shell.flags]));
  expect(await cli('update')).toMatchObject({ outcome: 'staged', version: '1.1.0' });

  const run = startRun([...shell.flags, '--no-updates', '--', ...shell.options.args]);
  expect(await run.next('runtime:failed')).toMatchObject({
    version: '1.1.0',
    error: { code: 'LAUNCH_EXITED_EARLY', blame: 'version' },
  });
  expect(await run.next('runtime:rolled-back')).toMatchObject({ version: '1.1.0', running: '1.0.0' });
  expect(await shell.answer()).toMatchObject({ version: '1.0.0' });
  await run.stop();

  expect(await cli('check')).toMatchObject({ outcome: 'bad-version', version: '1.1.0' });
  expect(await cli('forgive', '1.1.0')).toMatchObject({ outcome: 'forgiven', version: '1.1.0' });
  expect(await cli('update')).toMatchObject({ outcome: 'staged', version: '1.1.0' });
});
