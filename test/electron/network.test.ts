import { expect, onTestFinished, test, vi } from 'vitest';
import { next, packed, until } from '../support/app-world.ts';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import { startForwardProxy } from '../support/electron/forward-proxy.ts';
import { shownNow } from '../support/electron/shown.ts';

/** The times at which Electron's net is asked; everything else goes by real time. */
const heldLooks = (): { readonly look: () => void } => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return { look: () => vi.advanceTimersByTime(5_000) };
};

/** A shell whose schedule has looked once, and would not look again for an hour; then 1.1.0 appears. */
const afterFirstCheck = async (): Promise<[Installed, Running]> => {
  const shell = await install();
  shell.registry.publish(packed('1.0.0'));
  const running = attach(shell, { schedule: { firstCheckMs: 0, jitter: 0, intervalMs: 3_600_000 } });
  const settled = next(running.stagedoor, 'update:settled');
  await running.stagedoor.start();
  expect(await settled).toMatchObject({ outcome: 'up-to-date' });
  shell.registry.publish(packed('1.1.0'));
  return [shell, running];
};

test('after the machine has slept the registry is asked and what is newer is staged', async () => {
  const [, { stagedoor, levers }] = await afterFirstCheck();
  levers.suspend();
  const staged = next(stagedoor, 'runtime:update-staged');
  levers.resume();
  expect(await staged).toMatchObject({ version: '1.1.0' });
});

test('a machine that wakes without a network asks nobody, and asks when the network is back', async () => {
  const { look } = heldLooks();
  const [shell, { stagedoor, levers }] = await afterFirstCheck();
  const asked = shell.registry.requests.length;
  levers.suspend();
  levers.goOffline();
  levers.resume();
  expect(stagedoor.uiState().tags).toContain('offline');
  look();
  expect(shell.registry.requests).toHaveLength(asked);
  const staged = next(stagedoor, 'runtime:update-staged');
  levers.goOnline();
  look();
  expect(stagedoor.uiState().tags).not.toContain('offline');
  expect(await staged).toMatchObject({ version: '1.1.0' });
});

test('a registry that can’t be reached shows as offline until one answers', async () => {
  const shell = await install();
  const { stagedoor } = attach(shell, { limits: { retries: 0 } });
  await stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  shell.registry.fault({ times: 1 }, { kind: 'reset' });
  expect(await stagedoor.update()).toMatchObject({
    outcome: 'failed',
    error: { code: 'REGISTRY_UNREACHABLE' },
  });
  expect(stagedoor.uiState().tags).toContain('offline');
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged' });
  await until(() => !stagedoor.uiState().tags.includes('offline'));
});

test('every request goes through the proxy that Chromium names for the registry', async () => {
  const shell = await install();
  const proxy = await startForwardProxy();
  const { stagedoor, levers } = attach(shell);
  levers.useProxy(`PROXY ${proxy.place}; DIRECT`);
  await stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(new Set(levers.askedFor)).toEqual(new Set([`${shell.registry.url}/`]));
  expect(proxy.asked.length).toBe(shell.registry.requests.length);
  expect(proxy.asked.some(url => url.endsWith('.tgz'))).toBe(true);
});

test('a kind of proxy that nobody knows is no reason to go without one', async () => {
  const shell = await install();
  const { stagedoor, levers } = attach(shell);
  levers.useProxy('QUIC proxy.example:443');
  await stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  expect(await stagedoor.update()).toMatchObject({
    outcome: 'failed',
    error: { code: 'REGISTRY_UNREACHABLE' },
  });
  expect(shell.registry.requests).toEqual([]);
});

test('C-02: a check that fails shows a window offline, and no more once a download runs', async () => {
  const shell = await install();
  const running = attach(shell);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  const window = await running.levers.openWindow(shell.page);
  const mend = shell.registry.fault({}, { kind: 'reset' });
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'failed' });
  expect((await shownNow(running, window)).at(-1)?.tags).toContain('offline');
  mend();
  const seen = (await shownNow(running, window)).length;
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged' });
  const since = (await shownNow(running, window)).slice(seen);
  const downloading = since.filter(({ progress }) => progress !== null);
  expect(downloading.length).toBeGreaterThan(0);
  for (const { tags } of downloading) expect(tags).not.toContain('offline');
  shell.registry.fault({}, { kind: 'reset' });
  expect(await running.stagedoor.check()).toMatchObject({ outcome: 'failed' });
  expect((await shownNow(running, window)).at(-1)?.tags).toContain('offline');
});
