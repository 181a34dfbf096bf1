import { expect, test } from 'vitest';
import { channels } from '#src/electron/bridge.js';
import { packed } from '../support/app-world.ts';
import { attach, install, type Running } from '../support/electron/attached.ts';
import type { WindowDouble } from '../support/electron/browser-window.ts';
import { shownIn, told } from '../support/electron/shown.ts';

const openTwo = async (shell: Awaited<ReturnType<typeof install>>): Promise<[Running, WindowDouble[]]> => {
  const running = attach(shell);
  const windows = [await running.levers.openWindow(shell.page), await running.levers.openWindow(shell.page)];
  await running.stagedoor.start();
  return [running, windows];
};

test('L-09: all windows are told of a staged version, and one that opens later sees it at once', async () => {
  const shell = await install();
  const [running, windows] = await openTwo(shell);
  shell.registry.publish(packed('1.1.0'));
  await running.stagedoor.update();
  for (const window of windows) {
    await told(running, window, 'staged');
    const states = shownIn(window);
    expect(states.at(-1)).toEqual(running.stagedoor.uiState());
    expect(states.at(-1)?.staged).toEqual({ version: '1.1.0' });
    const numbers = states.map(({ seq }) => seq);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  }
  const later = await running.levers.openWindow(shell.page);
  await told(running, later, 'staged');
  expect(shownIn(later).map(({ seq }) => seq)).toEqual([running.stagedoor.uiState().seq]);
});

test('L-09: a page that loads anew is told where things stand', async () => {
  const shell = await install();
  const [running, [window]] = await openTwo(shell);
  if (window === undefined) throw new Error('no window');
  await window.load(shell.page);
  await told(running, window, 'running');
  expect(shownIn(window)).toEqual([running.stagedoor.uiState()]);
});

test('L-09: a rollback reaches every window, with its reason and without a place', async () => {
  const shell = await install();
  const [running, windows] = await openTwo(shell);
  shell.registry.publish(packed('1.1.0', { behaviour: 'dies-at-start' }));
  await running.stagedoor.update();
  await running.stagedoor.restart();
  for (const window of windows) {
    await told(running, window, 'rolled-back');
    const state = shownIn(window).at(-1);
    expect(state?.rolledBack).toMatchObject({ version: '1.1.0', running: '1.0.0' });
    expect(JSON.stringify(state)).not.toContain(shell.dir);
  }
});

test('P-38: a page of somebody else is told nothing, in whatever window or frame it is', async () => {
  const shell = await install();
  const [running, [own]] = await openTwo(shell);
  const foreign = await running.levers.openWindow('https://evil.example/');
  const beside = await running.levers.openWindow(`file://${shell.dir}/elsewhere.html`);
  const inner = own?.frame.addFrame(shell.page);
  const turned = await running.levers.openWindow(shell.page);
  await turned.load('https://evil.example/');
  shell.registry.publish(packed('1.1.0'));
  await running.stagedoor.update();
  if (own === undefined || inner === undefined) throw new Error('no window');
  await told(running, own, 'staged');
  for (const document of [foreign, beside, turned].map(({ frame }) => frame.document())) {
    expect(document.received).toEqual([]);
  }
  expect(inner.document().received).toEqual([]);
});

test('L-09: a page whose renderer has crashed and a window that is gone keep nothing from the others', async () => {
  const shell = await install();
  const [running, [first, second]] = await openTwo(shell);
  if (first === undefined || second === undefined) throw new Error('no window');
  const third = await running.levers.openWindow(shell.page);
  first.crash();
  third.destroy();
  shell.registry.publish(packed('1.1.0'));
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged' });
  await told(running, second, 'staged');
});

test('detach takes every listener and handler off Electron’s modules, and the windows', async () => {
  const shell = await install();
  const [running, windows] = await openTwo(shell);
  expect(running.listening()).toContain('ipcMain stagedoor:order');
  const listeners = (): readonly unknown[] =>
    windows.flatMap(({ window }) => [...window.eventNames(), ...window.webContents.eventNames()]);
  await windows[0]?.frame.document().invoke(channels.order, { verb: 'hold' });
  expect(listeners()).not.toEqual([]);
  await running.stagedoor.detach();
  expect(running.listening()).toEqual([]);
  expect(listeners()).toEqual([]);
});
