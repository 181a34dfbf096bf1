import { expect, test } from 'vitest';
import { anotherTurn } from '../support/electron/crossing.ts';
import type { ElectronDouble } from '../support/electron/double.ts';
import { newDouble } from '../support/electron/shell-facts.ts';

const order = ({ parts: { app } }: ElectronDouble): string[] => {
  const seen: string[] = [];
  app.on('before-quit', () => seen.push('before-quit'));
  app.on('will-quit', () => seen.push('will-quit'));
  app.on('quit', (_event, code) => seen.push(`quit ${code}`));
  app.on('browser-window-created', (_event, window) => {
    window.on('close', () => seen.push('close'));
    window.on('closed', () => seen.push('closed'));
  });
  return seen;
};

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await anotherTurn();
};

test('a quit asks the app, closes the windows, asks again, and ends', async () => {
  const double = newDouble();
  const seen = order(double);
  await double.levers.openWindow(double.page);
  await double.levers.openWindow(double.page);
  expect(await double.levers.quitAsUser()).toBe(0);
  expect(seen).toEqual(['before-quit', 'close', 'closed', 'close', 'closed', 'will-quit', 'quit 0']);
});

test('app.quit() without windows is over before it returns', () => {
  const double = newDouble();
  const seen = order(double);
  double.parts.app.quit();
  expect(seen).toEqual(['before-quit', 'will-quit', 'quit 0']);
  expect(double.levers.hasEnded()).toBe(true);
});

test('a window or its page that stays open cancels the quit, and the next one asks anew', async () => {
  const double = newDouble();
  const seen = order(double);
  const window = await double.levers.openWindow(double.page);
  window.refuseUnload(true);
  double.parts.app.quit();
  await turns(2);
  expect(double.levers.hasEnded()).toBe(false);
  window.refuseUnload(false);
  double.parts.app.quit();
  await double.levers.ended;
  expect(seen).toEqual(['before-quit', 'close', 'before-quit', 'close', 'closed', 'will-quit', 'quit 0']);
});

test('before-quit that is prevented leaves the windows alone', async () => {
  const double = newDouble();
  const seen = order(double);
  double.parts.app.on('before-quit', event => event.preventDefault());
  await double.levers.openWindow(double.page);
  double.parts.app.quit();
  await turns(2);
  expect(seen).toEqual(['before-quit']);
  expect(double.parts.BrowserWindow.getAllWindows()).toHaveLength(1);
});

test('a quit in the very event that is prevented has no effect; one in a later turn of the loop ends the app', async () => {
  const double = newDouble();
  const { app } = double.parts;
  const seen = order(double);
  app.once('will-quit', event => {
    event.preventDefault();
    app.quit();
    setImmediate(() => app.quit());
  });
  app.quit();
  expect(seen).toEqual(['before-quit', 'will-quit']);
  expect(await double.levers.ended).toBe(0);
  expect(seen).toEqual(['before-quit', 'will-quit', 'before-quit', 'will-quit', 'quit 0']);
});

test('a quit in a microtask of an event that Electron emits itself is taken back by Electron', async () => {
  const double = newDouble();
  const { app } = double.parts;
  let asked = 0;
  let closed = 0;
  app.on('window-all-closed', () => {
    closed += 1;
  });
  app.on('before-quit', event => {
    asked += 1;
    if (asked > 1) return;
    event.preventDefault();
    void Promise.resolve().then(() => app.quit());
  });
  await double.levers.openWindow(double.page);
  void double.levers.quitAsUser();
  await turns(10);
  // The second quit has closed the windows, and then the first one has said that nothing quits.
  expect({ asked, closed, ended: double.levers.hasEnded() }).toEqual({ asked: 2, closed: 1, ended: false });
});

test('the last window that is closed ends the app, unless somebody listens', async () => {
  const alone = newDouble();
  (await alone.levers.openWindow(alone.page)).window.close();
  expect(await alone.levers.ended).toBe(0);
  const listening = newDouble();
  let told = 0;
  listening.parts.app.on('window-all-closed', () => {
    told += 1;
  });
  (await listening.levers.openWindow(listening.page)).window.close();
  await turns(3);
  expect(told).toBe(1);
  expect(listening.levers.hasEnded()).toBe(false);
});

test('exit asks nobody', async () => {
  const double = newDouble();
  const seen = order(double);
  await double.levers.openWindow(double.page);
  double.parts.app.exit(3);
  expect(seen).toEqual(['closed', 'quit 3']);
  expect(await double.levers.ended).toBe(3);
});

test('a log-off tells the windows and nobody else', async () => {
  const double = newDouble();
  const seen = order(double);
  const { window } = await double.levers.openWindow(double.page);
  window.on('query-session-end', event => seen.push(`asked ${event.reasons.join()}`));
  window.on('session-end', event => seen.push(`ended ${event.reasons.join()}`));
  double.levers.logOff();
  await turns(2);
  expect(seen).toEqual(['asked logoff', 'ended logoff']);
});

test('before it is ready an app has no windows and no utility processes', async () => {
  const double = newDouble({ ready: false });
  expect(double.parts.app.isReady()).toBe(false);
  await expect(double.levers.openWindow(double.page)).rejects.toThrow('before app is ready');
  expect(() => double.parts.utilityProcess?.fork('anything.js')).toThrow('before app is ready');
  const ready = double.parts.app.whenReady();
  double.levers.becomeReady();
  await ready;
  await double.levers.openWindow(double.page);
});
