import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'vitest';
import type { UiState, UiTag } from '#src/electron/bridge.js';
import type { LoopbackRegistry } from '#src/testing/index.js';
import { bundle, packed } from '../app-world.ts';
import { temporaryFolder } from '../folder.ts';
import { registryForTest } from '../loopback.ts';

/** An app as a folder that Electron can run, with its bundled 1.0.0, and the registry it is told of. */
export type FlowApp = {
  readonly dir: string;
  readonly userData: string;
  readonly registry: LoopbackRegistry;
  readonly env: Readonly<Record<string, string>>;
};

/** A running app as its user has it: what the page may call, what it is told, and the way out. */
export type FlowDriver = {
  /** `window.stagedoor[verb](…args)` in the page. */
  readonly call: (verb: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** The text that the page shows of a rollback. */
  readonly rollbackShown: () => Promise<string>;
  /** Resolves when the app has ended. */
  readonly quit: () => Promise<void>;
};

const program = new URL('../../../dist/test/fixtures/electron/shell.js', import.meta.url);

export const newFlowApp = async (page: string): Promise<FlowApp> => {
  const home = temporaryFolder('electron-flow');
  const dir = path.join(home, 'app');
  const userData = path.join(home, 'user-data');
  mkdirSync(dir);
  bundle(path.join(dir, 'resources', 'runtime'), '1.0.0');
  const manifest = { name: 'flow-app', version: '3.0.0', type: 'module', main: 'main.js' };
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(dir, 'main.js'), `await import(${JSON.stringify(program.href)});\n`);
  writeFileSync(path.join(dir, 'page.html'), page);
  const registry = await registryForTest();
  return {
    dir,
    userData,
    registry,
    env: {
      STAGEDOOR_TEST_REGISTRY: registry.url,
      STAGEDOOR_TEST_PAGE: path.join(dir, 'page.html'),
      STAGEDOOR_TEST_USER_DATA: userData,
      STAGEDOOR_UPDATES: 'force',
    },
  };
};

const shows = async ({ call }: FlowDriver, tag: UiTag): Promise<UiState> => {
  const state = async (): Promise<UiState> => (await call('status')) as UiState;
  await expect.poll(async () => (await state()).tags, { interval: 20, timeout: 30_000 }).toContain(tag);
  return state();
};

/** Install, update, restart, broken update, rollback: the same steps in Electron and on its double. */
export const walkThrough = async ({ registry }: FlowApp, start: () => Promise<FlowDriver>): Promise<void> => {
  const first = await start();
  expect((await shows(first, 'running')).running).toEqual({ version: '1.0.0', role: 'bundled' });
  registry.publish(packed('1.1.0'));
  expect(await first.call('check')).toEqual({ outcome: 'staged', version: '1.1.0' });
  expect((await shows(first, 'staged')).staged).toEqual({ version: '1.1.0' });
  expect(await first.call('restartToApply', { when: 'now' })).toEqual({
    outcome: 'running',
    version: '1.1.0',
  });
  await first.quit();

  const second = await start();
  expect((await shows(second, 'running')).running).toEqual({ version: '1.1.0', role: 'override' });
  registry.publish(packed('1.2.0', { behaviour: 'dies-at-start' }));
  expect(await second.call('check')).toEqual({ outcome: 'staged', version: '1.2.0' });
  await second.call('restartToApply', { when: 'now' });
  const { running, rolledBack } = await shows(second, 'rolled-back');
  expect(rolledBack).toMatchObject({ version: '1.2.0', running: running?.version });
  expect(await second.rollbackShown()).toContain('1.2.0');
  expect(await second.call('check')).toEqual({ outcome: 'bad-version', version: '1.2.0' });
  await second.quit();

  const third = await start();
  expect((await shows(third, 'running')).running?.version).toBe(running?.version);
  await third.quit();
};

export const mainOf = ({ dir }: FlowApp): string => path.join(dir, 'main.js');
