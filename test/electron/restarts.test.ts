import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { UiState } from '#src/electron/bridge.js';
import { next, packed, record } from '../support/app-world.ts';
import { attach, type Installed, install, type Running } from '../support/electron/attached.ts';
import { order, shownIn, shownNow } from '../support/electron/shown.ts';

type Source = Parameters<typeof packed>[1];

/** 1.0.0 runs and 1.1.0 is staged. */
const withStaged = async (source: Source = {}): Promise<[Installed, Running]> => {
  const shell = await install();
  const running = attach(shell);
  await running.stagedoor.start();
  shell.registry.publish(packed('1.1.0', source));
  expect(await running.stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  return [shell, running];
};

const restart = { verb: 'restartToApply', when: 'now' } as const;
const restarting = { ok: true, value: { outcome: 'restarting', version: null } };
const nothingStaged = { ok: true, value: { outcome: 'nothing-staged', version: null } };

/** What a page was told of the runtime, each once. */
const walked = (states: readonly UiState[]): readonly string[] =>
  states
    .map(({ tags }) => tags.filter(tag => ['starting', 'restarting', 'running', 'down'].includes(tag)).join())
    .filter((tags, at, all) => tags !== all[at - 1]);

/** The states after 1.0.0 was up and before something else is. */
const meanwhile = (states: readonly UiState[]): readonly UiState[] => {
  const first = states.findIndex(({ running }) => running === null);
  expect(states[first - 1]).toMatchObject({ running: { version: '1.0.0' }, staged: { version: '1.1.0' } });
  const after = states.slice(first);
  return after.slice(
    0,
    after.findIndex(({ running }) => running !== null),
  );
};

for (const [how, source, outcome] of [
  ['it is ready', {}, { outcome: 'running', version: '1.1.0' }],
  ['it has failed and another one runs', { behaviour: 'dies-at-start' }, { version: '1.0.0' }],
] as const satisfies readonly (readonly [string, Source, object])[]) {
  test(`L-09: while the old runtime ends and a new one starts, every window sees restarting until ${how}`, async () => {
    const [shell, running] = await withStaged(source);
    const { openWindow, openView } = running.levers;
    const pages = [await openWindow(shell.page), await openWindow(shell.page), await openView(shell.page)];
    for (const page of pages) await shownNow(running, page);
    expect(await running.stagedoor.restart()).toMatchObject(outcome);
    for (const page of pages) {
      const states = await shownNow(running, page);
      expect(meanwhile(states).length).toBeGreaterThan(0);
      for (const { tags, staged } of meanwhile(states)) {
        expect(tags).toContain('restarting');
        expect(tags).not.toContain('staged');
        expect(staged).toBeNull();
      }
      expect(walked(states)).toEqual(['running', 'restarting', 'running']);
    }
  });
}

test('L-09: a restart after which nothing runs is shown as restarting until it is down', async () => {
  const [shell, running] = await withStaged({ behaviour: 'dies-at-start' });
  const window = await running.levers.openWindow(shell.page);
  await shownNow(running, window);
  writeFileSync(path.join(shell.bundled, 'cli.js'), 'process.exit(1)');
  expect(await running.stagedoor.restart()).toMatchObject({ outcome: 'exhausted' });
  expect(walked(await shownNow(running, window))).toEqual(['running', 'restarting', 'down']);
});

test('L-09: a second order during a restart is answered restarting and starts nothing twice', async () => {
  const [shell, running] = await withStaged();
  const [one, other] = [
    await running.levers.openWindow(shell.page),
    await running.levers.openWindow(shell.page),
  ];
  const starts = record(running.stagedoor, 'runtime:starting');
  const starting = next(running.stagedoor, 'runtime:starting');
  const first = order(one, restart);
  // Both are on their way at once, so that this one finds the old runtime ending.
  expect(await order(other, restart)).toEqual(restarting);
  await starting;
  // And this one the new runtime starting.
  expect(await order(other, restart)).toEqual(restarting);
  expect(await order(one, { verb: 'restartToApply', when: 'idle' })).toEqual(restarting);
  expect(running.stagedoor.uiState().tags).toContain('restarting');
  expect(await first).toEqual({ ok: true, value: { outcome: 'running', version: '1.1.0' } });
  expect(starts.map(({ event }) => event.version)).toEqual(['1.1.0']);
  expect(await order(other, restart)).toEqual(nothingStaged);
});

test('L-09: a start after a restart that the host has stopped is shown as a start', async () => {
  const [shell, running] = await withStaged();
  const window = await running.levers.openWindow(shell.page);
  const { stagedoor } = running;
  const restarted = stagedoor.restart({ when: 'now' });
  expect(stagedoor.uiState().tags).toContain('restarting');
  await stagedoor.stop();
  expect(await restarted).toEqual({ outcome: 'stopped' });
  await shownNow(running, window);
  const before = shownIn(window).length;
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.1.0' });
  await shownNow(running, window);
  const since = shownIn(window).slice(before);
  expect(since[0]?.tags).toEqual(['starting']);
  for (const { tags } of since) expect(tags).not.toContain('restarting');
});

test('L-09: a page cannot start what the host has stopped, although something is staged', async () => {
  const [shell, running] = await withStaged();
  const window = await running.levers.openWindow(shell.page);
  const starts = record(running.stagedoor, 'runtime:starting');
  await running.stagedoor.stop();
  for (const when of ['idle', 'now'])
    expect(await order(window, { verb: 'restartToApply', when })).toEqual(nothingStaged);
  expect(running.stagedoor.actor.getSnapshot().value).toMatchObject({ runtime: 'stopped' });
  expect(starts).toEqual([]);
  expect(running.stagedoor.uiState()).toMatchObject({ running: null, staged: null });
});

test('L-09: a page can try anew where nothing starts', async () => {
  const shell = await install({ behaviour: 'dies-at-start' });
  const running = attach(shell);
  expect(await running.stagedoor.start()).toMatchObject({ outcome: 'exhausted' });
  const window = await running.levers.openWindow(shell.page);
  expect((await shownNow(running, window)).at(-1)?.tags).toContain('down');
  const starts = record(running.stagedoor, 'runtime:starting');
  expect(await order(window, restart)).toMatchObject({ ok: true, value: { outcome: 'exhausted' } });
  expect(starts.length).toBeGreaterThan(0);
});
