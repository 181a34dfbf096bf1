import { expect, test, vi } from 'vitest';
import { newDouble } from '../support/electron/shell-facts.ts';

class Order {
  readonly verb = 'check';
  get size(): number {
    return 7;
  }
}

const opened = async (handler: (...args: readonly unknown[]) => unknown) => {
  const double = newDouble();
  const seen: unknown[] = [];
  double.parts.ipcMain.handle('order', (event, ...args: readonly unknown[]) => {
    seen.push(...args);
    return handler(event, ...args);
  });
  const window = await double.levers.openWindow(double.page);
  return { double, seen, window, document: window.frame.document() };
};

test('what a page sends arrives as a copy without prototype, and what cannot be copied is refused in the page', async () => {
  const { seen, document } = await opened(() => null);
  const order = new Order();
  await document.invoke('order', order, { at: new Date(0), list: new Map([[1, new Set([2])]]) });
  expect(seen[0]).not.toBe(order);
  expect(Object.getPrototypeOf(seen[0])).toBe(Object.prototype);
  expect(seen).toEqual([{ verb: 'check' }, { at: new Date(0), list: new Map([[1, new Set([2])]]) }]);
  for (const value of [() => 1, Symbol('no'), Promise.resolve(1), new WeakMap()]) {
    await expect(document.invoke('order', value)).rejects.toThrow('An object could not be cloned.');
  }
  expect(seen).toHaveLength(2);
});

test('an answer is a copy, too, and one that cannot be copied is an error in the page', async () => {
  const kept = { state: { seq: 1 } };
  const { document } = await opened((_event, wish) => (wish === 'function' ? () => 1 : kept));
  const answer = await document.invoke('order', 'state');
  expect(answer).toEqual(kept);
  expect(answer).not.toBe(kept);
  await expect(document.invoke('order', 'function')).rejects.toThrow(
    "Error invoking remote method 'order': Error: An object could not be cloned.",
  );
});

test('an error of a handler arrives as a message only, and so does the want of a handler', async () => {
  const { double, document } = await opened(() => {
    throw Object.assign(new TypeError('no such verb'), { code: 'SECRET' });
  });
  const error: unknown = await document.invoke('order').catch((reason: unknown) => reason);
  expect(error).toEqual(new Error("Error invoking remote method 'order': TypeError: no such verb"));
  expect(error).not.toHaveProperty('code');
  await expect(document.invoke('other')).rejects.toThrow(
    "Error invoking remote method 'other': Error: No handler registered for 'other'",
  );
  expect(() => double.parts.ipcMain.handle('order', () => 1)).toThrow('second handler');
  double.parts.ipcMain.removeHandler('order');
  await expect(document.invoke('order')).rejects.toThrow('No handler registered');
});

test('the sending frame is the one of the document, and null once that is gone', async () => {
  const frames: unknown[] = [];
  const { window, document } = await opened(async event => {
    const { senderFrame, sender } = event as Electron.IpcMainInvokeEvent;
    frames.push([senderFrame?.url, senderFrame?.origin, senderFrame === sender.mainFrame]);
  });
  const inner = window.frame.addFrame('https://evil.example/page');
  const sandboxed = window.frame.addFrame('about:srcdoc', { sandboxed: true });
  await document.invoke('order');
  await inner.document().invoke('order');
  await sandboxed.document().invoke('order');
  const { url } = document;
  window.frame.navigate('app://main/index.html');
  await window.frame.document().invoke('order');
  await document.invoke('order');
  await inner.document().invoke('order');
  expect(frames).toEqual([
    [url, 'file://', true],
    ['https://evil.example/page', 'https://evil.example', false],
    ['about:srcdoc', 'null', false],
    ['app://main/index.html', 'app://main', true],
    [undefined, undefined, false],
    [undefined, undefined, false],
  ]);
});

test('a frame that navigates while its order is worked on is gone when the handler looks again', async () => {
  const looks: unknown[] = [];
  const { window, document } = await opened(async event => {
    const { senderFrame } = event as Electron.IpcMainInvokeEvent;
    window.frame.navigate('https://evil.example/');
    looks.push((event as Electron.IpcMainInvokeEvent).senderFrame, senderFrame?.isDestroyed());
    expect(() => senderFrame?.url).toThrow('Render frame was disposed');
  });
  await document.invoke('order');
  expect(looks).toEqual([null, true]);
});

test('main frames hear what their page is sent, other frames and earlier documents do not', async () => {
  const { window, document } = await opened(() => null);
  const inner = window.frame.addFrame('https://evil.example/');
  const state = { seq: 1 };
  window.window.webContents.send('state', state);
  await vi.waitFor(() => expect(document.received).toHaveLength(1));
  expect(document.received).toEqual([{ channel: 'state', args: [state] }]);
  expect(document.received[0]?.args[0]).not.toBe(state);
  expect(inner.document().received).toEqual([]);
  window.window.webContents.send('state', { seq: 2 });
  const later = window.frame.navigate('https://evil.example/');
  window.window.webContents.send('state', { seq: 3 });
  await vi.waitFor(() => expect(later.received).toHaveLength(1));
  expect(document.received).toHaveLength(1);
});

test('a window that is closed throws at every touch, as a native object does that is gone', async () => {
  const { double, window } = await opened(() => null);
  const { webContents } = window.window;
  const ends: string[] = [];
  window.window.on('closed', () => ends.push('closed'));
  webContents.on('destroyed', () => ends.push('destroyed'));
  window.destroy();
  expect(ends).toEqual(['closed', 'destroyed']);
  expect(double.parts.BrowserWindow.getAllWindows()).toEqual([]);
  expect(window.window.isDestroyed()).toBe(true);
  expect(() => window.window.webContents).toThrow('Object has been destroyed');
  expect(() => webContents.send('state', {})).toThrow('Object has been destroyed');
});

test('what the double has not is refused by name, in place of being undefined', async () => {
  const { double, window } = await opened(() => null);
  expect(() => window.window.webContents.capturePage).toThrow('the double has no webContents.capturePage');
  expect(() => Reflect.get(double.parts.app, 'badgeCount')).toThrow('the double has no app.badgeCount');
});
