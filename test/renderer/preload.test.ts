import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { describeInBrowser, soon } from '../viewer/support/browser.ts';
import { preloadOf } from './support/bundles.ts';
import { openListening } from './support/listening-window.ts';
import { quiet } from './support/main-process.ts';
import { openWindow } from './support/window.ts';

/** In the page. */
declare const stagedoor: StagedoorBridge;

const staged = { ...quiet, seq: 2, tags: ['running', 'staged'], staged: { version: '1.2.0' } } as const;

test('the preload is one file that requires electron alone', () => {
  const text = readFileSync(new URL('../../dist/preload.cjs', import.meta.url), 'utf8');
  expect(text.match(/\brequire\([^)]*\)/g)).toEqual(['require("electron")']);
  expect(text).not.toMatch(/\bimport\s*\(|__dirname|__filename/);
});

describeInBrowser('what a page gets', () => {
  test('P-38: it has the verbs and the subscriptions, and can neither change them nor reach anything behind them', async () => {
    const { page } = await openWindow();
    const seen = await page.evaluate(() => {
      const own = window as unknown as Record<string, unknown>;
      return {
        keys: Reflect.ownKeys(stagedoor),
        others: ['require', 'process', 'module', 'exports', 'electron', 'ipcRenderer', 'global', 'Buffer']
          .concat(Object.keys(own).filter(key => key.startsWith('stagedoorTest')))
          .filter(key => key in own),
        changed: Reflect.set(stagedoor, 'check', () => null),
        kept: Reflect.set(own, 'stagedoor', {}),
      };
    });
    expect(seen.keys).toEqual(['status', 'check', 'restartToApply', 'hold', 'release', 'explain', 'on']);
    expect(seen).toMatchObject({ others: [], changed: false, kept: false });
    expect(await page.evaluate(() => typeof stagedoor.check)).toBe('function');
  });

  test('each verb is one order, and resolves to what the main process answers', async () => {
    const { page, main } = await openWindow();
    const got = await page.evaluate(async () => {
      const { status, check, restartToApply, hold, release, explain } = stagedoor;
      return [
        await status(),
        await check(),
        await restartToApply(),
        await restartToApply({ when: 'now' }),
        (await hold()) ?? 'nothing',
        (await release()) ?? 'nothing',
        await explain(),
      ];
    });
    expect(got).toEqual([
      { ...quiet, seq: 0 },
      { outcome: 'up-to-date', version: null },
      { outcome: 'running', version: '1.2.0' },
      { outcome: 'running', version: '1.2.0' },
      'nothing',
      'nothing',
      { running: '1.0.0', lines: ['It came with the app.'] },
    ]);
    expect(main.received).toEqual(
      [
        { verb: 'status' },
        { verb: 'check' },
        { verb: 'restartToApply', when: 'idle' },
        { verb: 'restartToApply', when: 'now' },
        { verb: 'hold' },
        { verb: 'release' },
        { verb: 'explain' },
      ].map(order => ({ channel: 'stagedoor:order', args: [order] })),
    );
  });

  test('P-38: only what the contract names goes on to the page, whatever the main process sent', async () => {
    const { main, told } = await openListening();
    const path = '/home/user/runtime-store';
    await main.tell({
      ...staged,
      tags: ['staged', 'of-a-later-version'],
      path,
      staged: { version: '1.2.0', path },
    });
    expect(await told()).toEqual([
      ['state', { ...staged, tags: ['staged'] }],
      ['update-staged', { version: '1.2.0' }],
    ]);
  });

  test('what is no state reaches no listener, and is said on the console', async () => {
    const { main, told, complaints } = await openListening();
    for (const odd of [null, 'state', {}, { ...staged, seq: 1.5 }, { ...staged, tags: 'staged' }])
      await main.tell(odd);
    expect(await told()).toEqual([]);
    await soon(() => complaints.length).toBe(5);
    expect(new Set(complaints.splice(0).map(text => text.split('\n')[0]))).toEqual(
      new Set(['Error: stagedoor: the main process told something that is no state']),
    );
  });
});

describeInBrowser('without context isolation', () => {
  test('the preload refuses in one line and puts nothing on the page', async () => {
    const { page, complaints } = await openWindow({ contextIsolation: false });
    expect(complaints.splice(0)).toEqual([
      expect.stringContaining(
        'stagedoor/preload: webPreferences.contextIsolation must be true, got false; nothing is exposed',
      ),
    ]);
    expect(await page.evaluate(() => 'stagedoor' in globalThis.window)).toBe(false);
  });
});

describeInBrowser("an app's own preload", () => {
  test('may take in the shipped one, has its bridge with whole errors, and exposes it beside its own', async () => {
    const { page, main } = await openWindow({ preload: await preloadOf('pages/own-preload.js') });
    main.answer(() => ({
      ok: false,
      error: { code: 'STORE_BUSY', message: 'another process has the store' },
    }));
    expect(await page.evaluate('app.whyNoCheck()')).toBe('STORE_BUSY');
    expect(await page.evaluate('stagedoor.check().catch(error => error.message)')).toMatch(/^STORE_BUSY: /);
  });
});
