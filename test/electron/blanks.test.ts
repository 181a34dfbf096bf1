import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packed, until } from '../support/app-world.ts';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import { order, type Shows, shownIn, shownNow } from '../support/electron/shown.ts';

/** All that a page can learn: what it was told, and what it is answered. */
const learned = async (running: Running, page: Shows): Promise<string> => {
  await running.stagedoor.rollback();
  const orders = [
    { verb: 'status' },
    { verb: 'explain' },
    { verb: 'restartToApply', when: 'now' },
    { verb: 'check' },
    { verb: 'explain' },
  ];
  const answers: unknown[] = [];
  for (const given of orders) answers.push(await order(page, given));
  await shownNow(running, page);
  return JSON.stringify([answers, shownIn(page)]);
};

const expectPlaceless = ({ dir }: Installed, text: string): void => {
  const names = dir.split(path.sep).filter(name => name.length > 3);
  for (const part of [dir, ...names.flatMap(name => [...name.split(' '), encodeURI(name)])])
    expect(text).not.toContain(part);
};

const installed = (): Promise<Installed> => install({}, 'on', 'Johnny Smith', 'Other Disk');

test('P-38: where the executable is missing, a page sees no part of a folder with blanks', async () => {
  const shell = await installed();
  const running = attach(shell, { exec: path.join(shell.dir, 'Node Runtime', 'node') });
  const window = await running.levers.openWindow(shell.page);
  const launch = await running.stagedoor.start();
  expect(launch).toMatchObject({ outcome: 'exhausted', error: { code: 'SPAWN_FAILED' } });
  expect(JSON.stringify(launch)).toContain('Johnny Smith');
  const text = await learned(running, window);
  expect(text).toContain('"down"');
  expectPlaceless(shell, text);
  expect(text).not.toContain('Node Runtime');
});

test('P-38: where the bundled runtime is missing, a page sees no part of a folder with blanks', async () => {
  const shell = await installed();
  const running = attach(shell);
  const window = await running.levers.openWindow(shell.page);
  rmSync(shell.bundled, { recursive: true });
  expect(await running.stagedoor.start()).toMatchObject({
    outcome: 'exhausted',
    error: { code: 'BUNDLED_INVALID' },
  });
  const text = await learned(running, window);
  expect(text).toContain('no entry in the bundled folder');
  expectPlaceless(shell, text);
});

test('P-38: what a runtime says of its places when it dies reaches no page, nor what the store keeps of it', async () => {
  const shell = await installed();
  const says = `throw new Error('no ' + ${JSON.stringify(shell.resources)} + '/native.node beside ' + import.meta.dirname)`;
  shell.registry.publish(packed('1.1.0', { files: { 'cli.js': says } }));
  const running = attach(shell);
  const window = await running.levers.openWindow(shell.page);
  await running.stagedoor.start();
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged' });
  expect(await running.stagedoor.restart()).toMatchObject({ version: '1.0.0' });
  // The verdict is given after the fallback is ready.
  await until(() => running.stagedoor.uiState().rolledBack !== null);
  const text = await learned(running, window);
  expect(running.stagedoor.uiState().rolledBack?.reason).toContain('native.node');
  expect(JSON.stringify(await order(window, { verb: 'explain' }))).toContain('native.node');
  expectPlaceless(shell, text);
  expectPlaceless(shell, JSON.stringify(running.stagedoor.uiState()));
});
