import { expect, onTestFinished, test, vi } from 'vitest';
import { channels, type UiState } from '#src/electron/bridge.js';
import { preloadPath } from '#src/electron/index.js';
import { until } from '../support/app-world.ts';
import { attachTo, install, launched } from '../support/electron/attached.ts';
import { exposed, runPreload } from '../support/electron/preload-run.ts';

type On = (name: 'state', listener: (state: UiState) => void) => () => void;

/** A window with the real preload, whose main process does not listen yet. */
const early = async () => {
  const shell = await install();
  const double = launched(shell, { preload: runPreload });
  const window = await double.levers.openWindow(shell.page, { webPreferences: { preload: preloadPath } });
  const complaints = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  onTestFinished(() => complaints.mockRestore());
  const { on } = exposed(window.frame.document(), 'stagedoor');
  const heard: UiState[] = [];
  const listen = (): void => void (on as On)('state', state => heard.push(state));
  return { shell, double, complaints, heard, listen };
};

const state: UiState = {
  ...{ seq: 1, tags: ['running'], running: { version: '1.0.0', role: 'bundled' }, staged: null },
  ...{ progress: null, rolledBack: null, outgrown: null, waitingFor: [] },
};

test('L-09: a page that asked before the main process listened asks again with its next listener', async () => {
  const { double, complaints, heard, listen } = await early();
  listen();
  await until(() => complaints.mock.calls.length === 1);
  expect(heard).toEqual([]);
  const orders: unknown[] = [];
  double.parts.ipcMain.handle(channels.order, (_event, given) => {
    orders.push(given);
    return { ok: true, value: state };
  });
  listen();
  await until(() => heard.length === 2);
  expect(heard).toEqual([state, state]);
  // There is an answer now: nobody asks any more.
  listen();
  expect(heard).toEqual([state, state, state]);
  expect(orders).toEqual([{ verb: 'status' }]);
});

test('L-09: a page that listened before the app attached is told by the attach', async () => {
  const { shell, double, complaints, heard, listen } = await early();
  listen();
  await until(() => complaints.mock.calls.length === 1);
  const { stagedoor } = attachTo(double, shell);
  await until(() => heard.length > 0);
  expect(heard).toEqual([stagedoor.uiState()]);
});
