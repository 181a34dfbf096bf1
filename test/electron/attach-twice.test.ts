import { expect, onTestFinished, test, vi } from 'vitest';
import { channels } from '#src/electron/bridge.js';
import { packed } from '../support/app-world.ts';
import { attachTo, type Installed, install, launched, type Running } from '../support/electron/attached.ts';
import type { WindowDouble } from '../support/electron/browser-window.ts';
import { order, shownIn, shownNow, told } from '../support/electron/shown.ts';

const opened = async (shell: Installed): Promise<[Running, WindowDouble]> => {
  const running = attachTo(launched(shell), shell);
  await running.stagedoor.start();
  return [running, await running.levers.openWindow(shell.page)];
};

type Emitter = Pick<NodeJS.EventEmitter, 'eventNames' | 'listenerCount'>;

/** Handlers, and listeners with how many of each there are. */
const hearing = ({ parts, listening }: Running, { window }: WindowDouble): readonly string[] => {
  const { app, powerMonitor } = parts as unknown as Readonly<Record<'app' | 'powerMonitor', Emitter>>;
  const emitters: Readonly<Record<string, Emitter>> = {
    ...{ app, powerMonitor, process, window, page: window.webContents },
  };
  return [
    ...listening(),
    ...Object.entries(emitters).flatMap(([of, emitter]) =>
      emitter.eventNames().map(name => `${of} ${String(name)} ${emitter.listenerCount(name)}`),
    ),
  ];
};

test('a second attach throws and leaves nothing behind, and the first goes on to work', async () => {
  // The look at the network is the one interval: held, it can be counted.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const shell = await install();
  const [running, window] = await opened(shell);
  await shownNow(running, window);
  const before = hearing(running, window);
  const timers = vi.getTimerCount();
  expect(timers).toBeGreaterThan(0);
  for (let times = 0; times < 3; times += 1) expect(() => attachTo(running, shell)).toThrow(/second handler/);
  expect(hearing(running, window)).toEqual(before);
  expect(vi.getTimerCount()).toBe(timers);
  shell.registry.publish(packed('1.1.0'));
  expect(await order(window, { verb: 'check' })).toMatchObject({ value: { outcome: 'staged' } });
  await told(running, window, 'staged');
  expect(shownIn(window).filter(({ staged }) => staged !== null)).toHaveLength(1);
  expect(await order(window, { verb: 'restartToApply', when: 'idle' })).toMatchObject({
    value: { outcome: 'running', version: '1.1.0' },
  });
});

test('a second detach takes nothing off a new attach', async () => {
  const shell = await install();
  const [first, window] = await opened(shell);
  await first.stagedoor.detach();
  const second = attachTo(first, shell);
  await second.stagedoor.start();
  const before = hearing(second, window);
  await first.stagedoor.detach();
  expect(hearing(second, window)).toEqual(before);
  expect(second.levers.handled()).toEqual([channels.order]);
  expect(await order(window, { verb: 'status' })).toMatchObject({ ok: true });
});

test('L-09: after a detach and a new attach an open window is told on, with higher numbers', async () => {
  const shell = await install();
  const [first, window] = await opened(shell);
  await told(first, window, 'running');
  await first.stagedoor.detach();
  const seen = shownIn(window).length;
  const second = attachTo(first, shell);
  await second.stagedoor.start();
  await told(second, window, 'running');
  const states = shownIn(window);
  expect(states.length).toBeGreaterThan(seen);
  expect(states.at(-1)).toMatchObject({ running: { version: '1.0.0' } });
  const numbers = states.map(({ seq }) => seq);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(await order(window, { verb: 'restartToApply', when: 'now' })).toMatchObject({
    value: { outcome: 'nothing-staged' },
  });
});
