import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { _electron } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkFuses } from '#src/electron/fuse-check.js';
import { factoryStates, flip, programWith, soundStates } from '../support/builders/fuse-wire.ts';
import { electronBinary, inherited, sandbox } from '../support/electron/real.ts';
import { buildExample, installExample, packExample, startExample } from '../support/example/example-app.ts';

const soon = <T>(get: () => T | Promise<T>) => expect.poll(get, { interval: 20, timeout: 30_000 });
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Built, packed by its own hook and started. */
const running = async (runAsNode: '0' | '1') => {
  const app = installExample();
  buildExample(app);
  const { resources, executable } = await packExample(app, `${runAsNode}${soundStates.slice(1)}`);
  const shell = startExample(app, resources, executable);
  await soon(async () => (await shell.facts()).states.at(-1)?.running).toEqual({
    version: '1.0.0',
    role: 'bundled',
  });
  return shell;
};

type Plugin = { readonly name: string; readonly config: Readonly<Record<number, boolean>> };

test('the fuses that the example flips with Electron Forge are those that it should have', async () => {
  const app = installExample();
  const { default: config }: { readonly default: { readonly plugins: readonly Plugin[] } } = await import(
    pathToFileURL(path.join(app, 'forge.config.mjs')).href
  );
  const [fuses, stagedoor] = config.plugins;
  expect([fuses?.name, stagedoor?.name]).toEqual(['@electron-forge/plugin-fuses', 'stagedoor/forge']);
  const executable = path.join(app, 'electron');
  writeFileSync(executable, programWith({ states: factoryStates }));
  await flip(executable, fuses?.config ?? {});
  expect(await checkFuses(executable)).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('the example app', () => {
  test.each([
    ['as a child that is Node', '1'],
    ['as a utility process', '0'],
  ] as const)(
    'is built, packed and started: its runtime answers %s, and has ended when the app has',
    async (_, runAsNode) => {
      const shell = await running(runAsNode);
      const { body } = await shell.page('app://main/runtime');
      expect(body).toContain('Hello from runtime <strong>1.0.0</strong>');
      const pid = Number(/process (\d+)/.exec(body)?.[1]);
      expect(isAlive(pid)).toBe(true);
      expect(await shell.quit()).toBe(0);
      expect(isAlive(pid)).toBe(false);
    },
  );

  test('its window is shut in: sandbox, isolation, a strict policy, no navigation, no permission, no second window', async () => {
    const shell = await running('1');
    const { preferences, permitted, schemes, opening } = await shell.facts();
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(existsSync(String(preferences.preload))).toBe(true);
    expect(schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    expect(permitted).toEqual([false, false]);
    expect(opening).toBe('deny');
    expect(await shell.navigate('https://example.com/', true)).toBe(true);
    expect(await shell.navigate('https://example.com/', false)).toBe(true);
    expect(await shell.navigate('app://main/runtime', true)).toBe(true);
    expect(await shell.navigate('app://main/runtime', false)).toBe(false);
    await shell.again();
    expect((await shell.facts()).windows).toBe(1);
    await shell.quit();
  });

  test('a second instance of it ends at once and touches no disk', async () => {
    const app = installExample();
    buildExample(app);
    const { resources, executable } = await packExample(app, soundStates);
    const shell = startExample(app, resources, executable, { second: true });
    expect(await shell.ended).toBe(0);
    expect(readdirSync(shell.userData)).toEqual([]);
  });

  test('its pages are all that its origin has, each with the policy', async () => {
    const shell = await running('1');
    const types = { '/': 'text/html', '/page.js': 'text/javascript', '/page.css': 'text/css' };
    for (const [name, type] of Object.entries(types)) {
      const page = await shell.page(`app://main${name}`);
      expect(page).toMatchObject({ status: 200, type: `${type}; charset=utf-8` });
      expect(page.policy).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; /,
      );
    }
    for (const url of [
      'app://main/../main.js',
      'app://main/main.js',
      'app://main/%2e%2e/main.js',
      'app://other/',
    ])
      expect(await shell.page(url)).toMatchObject({ status: 404 });
    await shell.quit();
  });
});

if (electronBinary === undefined)
  console.log('skipped: the example app in the real Electron; STAGEDOOR_ELECTRON may name one');

test.skipIf(electronBinary === undefined)(
  'the example app starts in the real Electron and shows its runtime',
  async () => {
    const app = installExample({ double: false });
    buildExample(app);
    const { runtime } = await packExample(app, soundStates);
    // While it is developed, an app's resources lie in its own folder.
    cpSync(runtime, path.join(app, 'resources', 'runtime'), { recursive: true });
    const shell = await _electron.launch({
      ...(electronBinary === undefined ? {} : { executablePath: electronBinary }),
      args: [...sandbox, app],
      env: inherited(),
    });
    onTestFinished(() => shell.close());
    const page = await shell.firstWindow();
    await soon(() => page.textContent('#state')).toBe('Runtime 1.0.0 is running.');
    await soon(() => page.frameLocator('#runtime').locator('strong').textContent()).toBe('1.0.0');
  },
);
