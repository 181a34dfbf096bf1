import type { BrowserContextOptions } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import type { UiState } from '#src/electron/bridge.js';
import { soundStates } from '../support/builders/fuse-wire.ts';
import { buildExample, installExample, packExample, startExample } from '../support/example/example-app.ts';
import { describeAtLength, shared, soon } from '../viewer/support/browser.ts';

const origin = 'http://app.test';

const running = async () => {
  const app = installExample();
  buildExample(app);
  const { resources, executable } = await packExample(app, soundStates);
  const shell = startExample(app, resources, executable);
  const state = async () => (await shell.facts()).states.at(-1);
  await soon(async () => (await state())?.running?.version).toBe('1.0.0');
  return { shell, state };
};

/** The page as the running app serves it, with its own policy; a bridge stands in the place of the preload. */
const shownPage = async (options: BrowserContextOptions = {}) => {
  const { shell, state } = await running();
  const context = await (await shared()).newContext({ viewport: { width: 720, height: 420 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  onTestFinished(async () => {
    await context.close();
    await shell.quit();
    expect(complaints).toEqual([]);
  });
  await page.route(`${origin}/**`, async route => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/favicon.ico') return route.fulfill({ status: 204 });
    const { status, type, policy, body } = await shell.page(`app://main${pathname}`);
    return route.fulfill({
      status,
      body,
      headers: { 'content-type': type ?? '', 'content-security-policy': policy ?? '' },
    });
  });
  await page.addInitScript(`{
    const listeners = new Set();
    window.tellStagedoorState = state => { for (const listener of listeners) listener(state); };
    window.stagedoor = {
      on: (name, listener) => {
        if (name === 'state') listeners.add(listener);
        return () => listeners.delete(listener);
      },
      restartToApply: async () => ({ outcome: 'running', version: null }),
    };
  }`);
  await page.goto(`${origin}/`);
  const tell = (change: Partial<UiState>) =>
    state().then(now => page.evaluate(`tellStagedoorState(${JSON.stringify({ ...now, ...change })})`));
  return { page, tell };
};

describeAtLength('the page of the example app', () => {
  test.each(['light', 'dark'] as const)(
    'shows which runtime runs, its page and the banner, under its own policy, in %s',
    async colorScheme => {
      const { page, tell } = await shownPage({ colorScheme });
      await tell({});
      await soon(() => page.textContent('#state')).toBe('Runtime 1.0.0 is running.');
      await soon(() => page.frameLocator('#runtime').locator('strong').textContent()).toBe('1.0.0');
      await tell({ seq: 1000, tags: ['running', 'staged'], staged: { version: '1.1.0' } });
      await page.locator('stagedoor-banner').getByText('1.1.0').first().waitFor();
    },
  );

  test('says so where nothing starts, and hides the frame', async () => {
    const { page, tell } = await shownPage();
    await tell({});
    await soon(() => page.locator('#runtime').isVisible()).toBe(true);
    await tell({ tags: ['down'], running: null });
    await soon(() => page.textContent('#state')).toBe('Nothing starts.');
    await soon(() => page.locator('#runtime').isHidden()).toBe(true);
  });
});
