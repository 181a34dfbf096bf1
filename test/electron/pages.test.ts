import { expect, test } from 'vitest';
import { packed } from '../support/app-world.ts';
import { attach, attachTo, install, launched } from '../support/electron/attached.ts';
import { order, shownIn, shownNow, told } from '../support/electron/shown.ts';

test('L-09: a page in a view outside any window is told and heard like one in a window', async () => {
  const shell = await install();
  const running = attach(shell);
  const view = await running.levers.openView(shell.page);
  expect(running.levers.windows()).toEqual([]);
  await running.stagedoor.start();
  await told(running, view, 'running');
  shell.registry.publish(packed('1.1.0'));
  expect(await order(view, { verb: 'check' })).toMatchObject({ value: { outcome: 'staged' } });
  await told(running, view, 'staged');
  await view.load(shell.page);
  await told(running, view, 'staged');
  expect(shownIn(view)).toEqual([running.stagedoor.uiState()]);
  await order(view, { verb: 'hold' });
  expect(running.stagedoor.uiState().tags).toContain('held');
  view.destroy();
  expect(running.stagedoor.uiState().tags).not.toContain('held');
  expect(await order(await running.levers.openView(shell.page), { verb: 'status' })).toMatchObject({
    ok: true,
  });
});

test('P-38: a page of somebody else in a view is told nothing', async () => {
  const shell = await install();
  const running = attach(shell);
  const foreign = await running.levers.openView('https://evil.example/');
  const inner = foreign.frame.addFrame(shell.page);
  const own = await running.levers.openView(shell.page);
  await running.stagedoor.start();
  await told(running, own, 'running');
  expect(foreign.frame.document().received).toEqual([]);
  expect(inner.document().received).toEqual([]);
});

test('detach takes every listener off the pages in views, too', async () => {
  const shell = await install();
  const running = attach(shell);
  const { view, frame } = await running.levers.openView(shell.page);
  await order({ frame }, { verb: 'hold' });
  expect(view.webContents.eventNames()).not.toEqual([]);
  await running.stagedoor.detach();
  expect(view.webContents.eventNames()).toEqual([]);
  expect(running.listening()).toEqual([]);
});

test('L-09: windows that are open when the app attaches are told at once, and foreign pages nothing', async () => {
  const shell = await install();
  const double = launched(shell);
  const windows = [await double.levers.openWindow(shell.page), await double.levers.openWindow(shell.page)];
  const foreign = await double.levers.openWindow('https://evil.example/');
  const running = attachTo(double, shell);
  // Nothing has happened since: only the attach itself can have told them.
  for (const window of windows)
    expect(await shownNow(running, window)).toEqual([running.stagedoor.uiState()]);
  expect(foreign.frame.document().received).toEqual([]);
});
