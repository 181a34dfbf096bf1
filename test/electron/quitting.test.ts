import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive, processToken } from '#src/process/identity.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { fs, next, packed, until } from '../support/app-world.ts';
import { attach, install, type Running } from '../support/electron/attached.ts';
import { anotherTurn } from '../support/electron/crossing.ts';
import { stubborn } from '../support/electron/stubborn.ts';
import { isFull } from '../support/proof/run.ts';

/** The token of a process that lives. */
const known = (pid: number): string => {
  const token = processToken(pid);
  if (token === null) throw new Error(`no process ${pid}`);
  return token;
};

/** The process of the runtime and its helper, as it says itself. */
const familyOf = ({ stagedoor }: Running): Promise<readonly string[]> =>
  new Promise(resolve => {
    let text = '';
    const detach = stagedoor.on('runtime:output', ({ chunk }) => {
      text += chunk.toString();
      const family = /family (\[.*\])\n/.exec(text)?.[1];
      if (family === undefined) return;
      detach();
      resolve((JSON.parse(family) as readonly number[]).map(known));
    });
  });

const runtimeOf = async ({ stagedoor }: Running): Promise<string> => {
  const launch = await stagedoor.start();
  if (launch.outcome !== 'running' || launch.pid === null) throw new Error(`nothing runs: ${launch.outcome}`);
  return known(launch.pid);
};

const events = ({ parts: { app } }: Running): string[] => {
  const seen: string[] = [];
  for (const name of ['before-quit', 'will-quit', 'quit'] as const)
    app.on(name as 'quit', () => seen.push(name));
  return seen;
};

if (!isFull) console.log('skipped: P-31 of a utility process that ignores signals: a full run');

for (const [kind, fuse] of [
  ['a child that runs as Node', 'on'],
  ['a utility process', 'off'],
] as const) {
  // One kind is enough for a short run: both wait for all of the 5 s.
  test.runIf(isFull || fuse === 'on')(
    `P-31: a quit ends ${kind} that ignores all signals, with its grandchild, within 5 s and 2 s`,
    async () => {
      const shell = await install({ files: stubborn }, fuse);
      const running = attach(shell);
      await running.levers.openWindow(shell.page);
      const family = familyOf(running);
      await running.stagedoor.start();
      const processes = await family;
      expect(processes.map(isAlive)).toEqual([true, true]);
      const start = performance.now();
      expect(await running.levers.quitAsUser()).toBe(0);
      expect(performance.now() - start).toBeLessThan(7_900);
      expect(processes.map(isAlive)).toEqual([false, false]);
    },
  );

  test(`a quit asks ${kind} first: one that listens ends by itself, at once`, async () => {
    const shell = await install({}, fuse);
    const running = attach(shell);
    await running.levers.openWindow(shell.page);
    const runtime = await runtimeOf(running);
    const exited = next(running.stagedoor, 'runtime:exited');
    const start = performance.now();
    expect(await running.levers.quitAsUser()).toBe(0);
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(await exited).toMatchObject({ exit: { code: 0, signal: null } });
    expect(isAlive(runtime)).toBe(false);
  });
}

test('a quit that a window takes back leaves the runtime running, and the next one ends it', async () => {
  const shell = await install();
  const running = attach(shell);
  const window = await running.levers.openWindow(shell.page);
  const runtime = await runtimeOf(running);
  window.refuseUnload(true);
  running.parts.app.quit();
  await anotherTurn();
  await anotherTurn();
  expect(isAlive(runtime)).toBe(true);
  expect(running.stagedoor.uiState().tags).toContain('running');
  window.refuseUnload(false);
  expect(await running.levers.quitAsUser()).toBe(0);
  expect(isAlive(runtime)).toBe(false);
});

test('who quits again and again changes nothing', async () => {
  const shell = await install();
  const running = attach(shell);
  const seen = events(running);
  const runtime = await runtimeOf(running);
  for (let time = 0; time < 5; time += 1) {
    running.parts.app.quit();
    await anotherTurn();
  }
  expect(await running.levers.ended).toBe(0);
  expect(isAlive(runtime)).toBe(false);
  expect(seen.filter(name => name === 'quit')).toHaveLength(1);
});

test('an app that started nothing, or whose runtime has stopped or never ran, quits without a delay', async () => {
  const shell = await install();
  const idle = attach(shell);
  idle.parts.app.quit();
  expect(idle.levers.hasEnded()).toBe(true);
  expect(existsSync(shell.layout.root)).toBe(false);
  const stopped = attach(shell);
  await stopped.stagedoor.start();
  await stopped.stagedoor.stop();
  await stopped.levers.openWindow(shell.page);
  expect(await stopped.levers.quitAsUser()).toBe(0);
  const down = attach(shell, { bundled: `${shell.dir}/nowhere` });
  expect(await down.stagedoor.start()).toMatchObject({ outcome: 'exhausted' });
  await down.levers.openWindow(shell.page);
  expect(await down.levers.quitAsUser()).toBe(0);
});

test('a download in flight is abandoned by a quit', async () => {
  const shell = await install();
  const running = attach(shell);
  await running.levers.openWindow(shell.page);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0'));
  shell.registry.fault({ path: 'tarball' }, { kind: 'hang' });
  const update = running.stagedoor.update();
  await until(() => running.stagedoor.uiState().tags.includes('downloading'));
  expect(await running.levers.quitAsUser()).toBe(0);
  expect(await update).toMatchObject({ outcome: 'cancelled' });
  expect(existsSync(shell.layout.current)).toBe(false);
});

test('a log-off tells the runtime at once, without any quit event, and nobody is blamed at the next start', async () => {
  const shell = await install();
  const running = attach(shell);
  const seen = events(running);
  await running.levers.openWindow(shell.page);
  const runtime = await runtimeOf(running);
  running.levers.logOff();
  await until(() => !isAlive(runtime));
  expect(seen).toEqual([]);
  const after = attach(shell);
  expect(await after.stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
  expect(readBadVersions(fs, shell.layout)).toEqual([]);
});

test('P-31: the machine shuts down and the app quits: the runtime ends and so does the app', async () => {
  const shell = await install();
  const running = attach(shell);
  await running.levers.openWindow(shell.page);
  const runtime = await runtimeOf(running);
  running.levers.shutDown();
  expect(await running.levers.quitAsUser()).toBe(0);
  expect(isAlive(runtime)).toBe(false);
});

test('P-31: what is started again after a shutdown that was called off is ended by the next quit', async () => {
  const shell = await install();
  const running = attach(shell);
  await running.levers.openWindow(shell.page);
  const before = await runtimeOf(running);
  running.levers.shutDown();
  await until(() => !isAlive(before));
  await running.stagedoor.stop();
  const after = await runtimeOf(running);
  expect(await running.levers.quitAsUser()).toBe(0);
  expect(isAlive(after)).toBe(false);
});
