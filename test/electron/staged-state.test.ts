import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packed } from '../support/app-world.ts';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import { shownIn, shownNow } from '../support/electron/shown.ts';

/** 1.0.0 runs and 1.1.0 is staged. */
const withStaged = async (): Promise<[Installed, Running]> => {
  const shell = await install();
  const running = attach(shell);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  return [shell, running];
};

const staged = { running: { version: '1.0.0' }, staged: { version: '1.1.0' } };

const expectNoneStaged = ({ stagedoor }: Running): void => {
  expect(stagedoor.uiState().staged).toBeNull();
  expect(stagedoor.uiState().tags).not.toContain('staged');
};

test('L-09: what is staged is still shown after a rollback that had nothing to do', async () => {
  const [, running] = await withStaged();
  expect(await running.stagedoor.rollback()).toEqual({ outcome: 'nothing-to-roll-back' });
  expect(running.stagedoor.uiState()).toMatchObject(staged);
  expect(running.stagedoor.uiState().tags).toContain('staged');
  expect(await running.stagedoor.restart()).toMatchObject({ outcome: 'running', version: '1.1.0' });
});

test('L-09: what is staged is still shown after it was pinned and unpinned', async () => {
  const [, running] = await withStaged();
  await running.stagedoor.pin('1.1.0');
  expect(running.stagedoor.uiState()).toMatchObject(staged);
  await running.stagedoor.unpin();
  expect(running.stagedoor.uiState()).toMatchObject(staged);
});

test('L-09: a rollback and a pin to another version take away what was staged', async () => {
  const [shell, running] = await withStaged();
  const { stagedoor } = running;
  await stagedoor.pin('1.0.0');
  expectNoneStaged(running);
  expect(await stagedoor.restart()).toMatchObject({ version: '1.0.0' });
  await stagedoor.unpin();
  expect(await stagedoor.restart()).toMatchObject({ version: '1.1.0' });
  shell.registry.publish(packed('1.2.0'));
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
  expect(stagedoor.uiState().staged).toEqual({ version: '1.2.0' });
  // Running work keeps the restart back that would take it away in any case.
  const end = stagedoor.lease('an export');
  expect(await stagedoor.rollback()).toMatchObject({ outcome: 'rolled-back', from: '1.1.0' });
  expect(stagedoor.uiState().running).toMatchObject({ version: '1.1.0' });
  expectNoneStaged(running);
  end();
});

test('L-09: a later attach learns from its check what was staged before', async () => {
  const [shell, first] = await withStaged();
  // The pin keeps the next process from launching it.
  await first.stagedoor.detach();
  await first.stagedoor.pin('1.0.0');
  const running = attach(shell);
  expect(await running.stagedoor.start()).toMatchObject({ version: '1.0.0' });
  await running.stagedoor.unpin();
  expectNoneStaged(running);
  const window = await running.levers.openWindow(shell.page);
  expect(await running.stagedoor.update()).toEqual({ outcome: 'already-staged', version: '1.1.0' });
  const states = await shownNow(running, window);
  expect(states.at(-1)).toMatchObject(staged);
  expect(await running.stagedoor.restart()).toMatchObject({ version: '1.1.0' });
});

test('L-09: the version that runs is never shown as staged', async () => {
  const [shell, running] = await withStaged();
  const window = await running.levers.openWindow(shell.page);
  const { stagedoor } = running;
  await stagedoor.restart();
  await stagedoor.update();
  await stagedoor.pin('1.1.0');
  await stagedoor.unpin();
  await stagedoor.check();
  await shownNow(running, window);
  expectNoneStaged(running);
  for (const { running: up, staged: shown } of shownIn(window))
    if (up !== null) expect(shown?.version).not.toBe(up.version);
  await stagedoor.detach();
  const later = attach(shell);
  expect(await later.stagedoor.start()).toMatchObject({ version: '1.1.0' });
  await later.stagedoor.update();
  expectNoneStaged(later);
});

test('L-09: a restart that falls back without blame leaves nothing staged', async () => {
  const [shell, running] = await withStaged();
  writeFileSync(path.join(shell.layout.version('1.1.0'), 'cli.js'), 'another text of another length');
  expect(await running.stagedoor.restart()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  expectNoneStaged(running);
  expect(running.stagedoor.uiState().rolledBack).toBeNull();
  // It is set aside, and comes again.
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(running.stagedoor.uiState()).toMatchObject(staged);
});
