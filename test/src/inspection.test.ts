import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createStagedoor } from '#src/index.js';
import { createLauncher } from '#src/launcher.js';
import { newLauncher, newShell, newWorld } from '../support/app-world.ts';

type Inspected = { readonly type: string; readonly rootId: string };

test('inspect: an app sees each actor, each event and each step of the charts as XState tells them', async () => {
  for (const shape of ['function', 'observer'] as const) {
    const seen: Inspected[] = [];
    const inspect = (event: Inspected): void => void seen.push(event);
    const world = newWorld();
    const stagedoor = newShell(world, { inspect: shape === 'function' ? inspect : { next: inspect } });
    await stagedoor.start();
    await stagedoor.stop();
    expect(seen.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['@xstate.actor', '@xstate.event', '@xstate.microstep', '@xstate.snapshot']),
    );
    expect(new Set(seen.map(({ rootId }) => rootId))).toEqual(new Set([stagedoor.actor.sessionId]));
  }
});

test('inspect: the launcher alone is seen, too', async () => {
  const seen: Inspected[] = [];
  const launcher = newLauncher(newWorld(), { inspect: (event: Inspected) => void seen.push(event) });
  await launcher.start();
  await launcher.stop();
  expect(seen.some(({ type }) => type === '@xstate.snapshot')).toBe(true);
});

test('inspect: one that throws is asked no more, its defect surfaces, and the app runs', async () => {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    for (const listener of others) process.on('uncaughtException', listener);
  });
  const surfaced = once(process, 'uncaughtException');
  let asked = 0;
  const stagedoor = newShell(newWorld(), {
    inspect: () => {
      asked += 1;
      throw new Error('an inspector that fails');
    },
  });
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  await stagedoor.stop();
  expect((await surfaced)[0]).toMatchObject({ message: 'an inspector that fails' });
  expect(asked).toBe(1);
});

test('inspect: what is no observer is a TypeError at once', () => {
  const { options } = newWorld();
  const wrong = JSON.parse('{"inspect":{"next":7}}') as object;
  const message = 'option "inspect" must be a function or an observer with "next", got {"next":7}';
  expect(() => createStagedoor({ ...options, ...wrong })).toThrow(new TypeError(message));
  expect(() => createLauncher({ ...options, ...wrong })).toThrow(new TypeError(message));
});
