import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import { anotherTurn } from '../support/electron/crossing.ts';

const acts = {
  'cancel()': async ({ stagedoor }) => stagedoor.cancel(),
  'wake()': async ({ stagedoor }) => stagedoor.wake(),
  'stop()': ({ stagedoor }) => stagedoor.stop(),
  'detach()': ({ stagedoor }) => stagedoor.detach(),
  'a machine that wakes': async ({ levers }) => levers.resume(),
  'a machine that shuts down': async ({ levers }) => levers.shutDown(),
  'a session that ends': async ({ levers }) => levers.logOff(),
  'a quit': ({ levers }) => levers.quitAsUser(),
} as const satisfies Readonly<Record<string, (running: Running) => Promise<unknown>>>;

const expectUntouched = ({ userData, registry }: Installed): void => {
  expect(readdirSync(userData)).toEqual([]);
  expect(registry.requests).toEqual([]);
};

for (const [what, act] of Object.entries(acts)) {
  test(`in an app that has begun nothing ${what} touches no disk`, async () => {
    const shell = await install();
    const running = attach(shell);
    await running.levers.openWindow(shell.page);
    await act(running);
    await anotherTurn();
    await running.stagedoor.stop();
    expectUntouched(shell);
  });
}

test('an app that has begun nothing still begins after a stop, a cancel and a wake', async () => {
  const shell = await install();
  const { stagedoor } = attach(shell);
  await stagedoor.stop();
  stagedoor.cancel();
  stagedoor.wake();
  expectUntouched(shell);
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  await stagedoor.stop();
  expect(stagedoor.actor.getSnapshot().value).toMatchObject({ runtime: 'stopped' });
  expect(readdirSync(shell.userData)).toEqual(['runtime-store']);
});
