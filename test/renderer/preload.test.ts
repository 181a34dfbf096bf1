import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { describeInBrowser, soon } from '../viewer/support/browser.ts';
import { quiet } from './support/main-process.ts';
import { openWindow } from './support/window.ts';

declare global {
  interface Window {
    /** Where listeners of a page put what they are told. */
    told: unknown[];
    detach: (() => void)[];
  }
}

/** In the page. */
declare const stagedoor: StagedoorBridge;

const staged = { ...quiet, seq: 2, tags: ['running', 'staged'], staged: { version: '1.2.0' } } as const;
const rolledBack = { version: '1.2.0', running: '1.0.0', reason: 'it ended before it was ready' };

/** A page that notes everything it is told. */
const openListening = async () => {
  const opened = await openWindow();
  await opened.page.evaluate(() => {
    window.told = [];
    for (const name of ['state', 'update-staged', 'rolled-back'] as const)
      stagedoor.on(name, event => window.told.push([name, event]));
  });
  await soon(() => opened.page.evaluate(() => window.told.length)).toBe(1);
  return { ...opened, told: () => opened.page.evaluate(() => window.told.splice(0) as [string, unknown][]) };
};

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
    await told();
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
    await told();
    for (const odd of [null, 'state', {}, { ...staged, seq: 1.5 }, { ...staged, tags: 'staged' }])
      await main.tell(odd);
    expect(await told()).toEqual([]);
    await soon(() => complaints.length).toBe(5);
    expect(new Set(complaints.splice(0).map(text => text.split('\n')[0]))).toEqual(
      new Set(['Error: stagedoor: the main process told something that is no state']),
    );
  });
});

describeInBrowser('what a page is told', () => {
  test('L-09: a listener is told what is known at once, before the subscription is given back', async () => {
    const { page, main } = await openWindow();
    await main.tell({ ...staged, tags: ['staged', 'rolled-back'], rolledBack });
    const told = await page.evaluate(() => {
      const seen: unknown[] = [];
      for (const name of ['state', 'update-staged', 'rolled-back'] as const)
        stagedoor.on(name, () => seen.push(name));
      return seen;
    });
    expect(told).toEqual(['state', 'update-staged', 'rolled-back']);
    expect(main.received).toEqual([]);
  });

  test('L-09: a page that knows nothing yet asks once, also after a reload', async () => {
    const { page, main } = await openListening();
    expect(main.orders()).toEqual([{ verb: 'status' }]);
    await page.reload();
    await page.evaluate(() => {
      window.told = [];
      for (let times = 0; times < 3; times += 1) stagedoor.on('state', state => window.told.push(state));
    });
    await soon(() => page.evaluate(() => window.told.length)).toBe(3);
    expect(main.orders()).toEqual([{ verb: 'status' }, { verb: 'status' }]);
  });

  test('a state that is older than one that was seen has no effect, pushed or answered', async () => {
    const { page, main, told } = await openListening();
    await told();
    await main.tell({ ...quiet, seq: 7 });
    for (const seq of [6, 0, -1, 7]) await main.tell({ ...staged, seq });
    expect(await told()).toEqual([['state', { ...quiet, seq: 7 }]]);
    main.answer(() => ({ ok: true, value: { ...staged, seq: 3 } }));
    expect(await page.evaluate(() => stagedoor.status())).toEqual({ ...quiet, seq: 7 });
    expect(await told()).toEqual([]);
  });

  test('L-09: what was staged and what was rolled back is told once each', async () => {
    const { main, told } = await openListening();
    await told();
    await main.tell(staged);
    await main.tell({ ...staged, seq: 3, tags: ['staged', 'checking'] });
    await main.tell({ ...quiet, seq: 4, tags: ['rolled-back'], rolledBack });
    await main.tell({ ...quiet, seq: 5, tags: ['rolled-back', 'held'], rolledBack });
    await main.tell({ ...staged, seq: 6, staged: { version: '1.2.1' } });
    const events = (await told()).filter(([name]) => name !== 'state');
    expect(events).toEqual([
      ['update-staged', { version: '1.2.0' }],
      ['rolled-back', rolledBack],
      ['update-staged', { version: '1.2.1' }],
    ]);
  });

  test('L-09: detaching takes off that listener alone, once, even where the same function listens twice', async () => {
    const { page, main } = await openWindow();
    await main.tell(quiet);
    await page.evaluate(() => {
      window.told = [];
      const same = (): void => void window.told.push('same');
      const { on } = stagedoor;
      window.detach = [on('state', same), on('state', same), on('state', () => window.told.push('other'))];
      window.told.length = 0;
    });
    const after = async (seq: number, detached: number): Promise<unknown[]> => {
      await page.evaluate(at => window.detach[at]?.(), detached);
      await main.tell({ ...quiet, seq });
      return page.evaluate(() => window.told.splice(0));
    };
    expect(await after(2, 0)).toEqual(['same', 'other']);
    expect(await after(3, 0)).toEqual(['same', 'other']);
    expect(await after(4, 2)).toEqual(['same']);
    expect(await after(5, 1)).toEqual([]);
  });

  test('a listener that throws takes nothing from the others, and its error stays its own', async () => {
    const { page, main, complaints } = await openWindow();
    await main.tell(quiet);
    await page.evaluate(() => {
      window.told = [];
      const { on } = stagedoor;
      on('state', () => {
        throw new Error('a defect of the page');
      });
      on('state', (...all: unknown[]) => window.told.push(all));
    });
    await main.tell({ ...quiet, seq: 2 });
    expect(await page.evaluate(() => window.told)).toEqual([[quiet], [{ ...quiet, seq: 2 }]]);
    await soon(() => complaints.length).toBe(2);
    expect(complaints.splice(0).join()).toMatch(/a defect of the page/);
  });
});

describeInBrowser('what an order that fails says', () => {
  const failing = { ok: false, error: { code: 'STORE_BUSY', message: 'another process has the store' } };
  const message = 'STORE_BUSY: another process has the store';

  test('in the page its message begins with the code, because the context bridge keeps nothing else', async () => {
    const { page, main } = await openWindow();
    main.answer(() => failing);
    const caught = await page.evaluate(() =>
      stagedoor.check().catch((error: Error) => ({
        keys: Object.keys(error),
        message: error.message,
        isError: error instanceof Error,
      })),
    );
    expect(caught).toEqual({ keys: [], message, isError: true });
  });

  test("in an app's own preload the error bears the code, and a wrong argument is a TypeError", async () => {
    const { inPreload, main } = await openWindow();
    main.answer(() => failing);
    const caught = await inPreload(
      'stagedoorTestExports.stagedoor.check().catch(({ code, message }) => ({ code, message }))',
    );
    expect(caught).toEqual({ code: 'STORE_BUSY', message });
    const wrong = await inPreload(
      'stagedoorTestExports.stagedoor.restartToApply({ when: 1 }).catch(({ name, message }) => ({ name, message }))',
    );
    expect(wrong).toEqual({
      name: 'TypeError',
      message: 'restartToApply: options.when must be "idle" or "now", got 1',
    });
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('ENOENT /home/user/secret');
      },
      /^INTERNAL: the main process gave no answer/,
    ],
    [
      'answers with something else',
      () => '/home/user/secret',
      /^INTERNAL: the main process answered check with something/,
    ],
    [
      'answers with another value',
      () => ({ ok: true, value: '/home/user' }),
      /^INTERNAL: the main process answered check with/,
    ],
  ])('P-38: where the main process %s, the page learns no path', async (_how, answering, expected) => {
    const { page, main } = await openWindow();
    main.answer(answering);
    const caught = await page.evaluate(() => stagedoor.check().then(String, (error: Error) => error.message));
    expect(caught).toMatch(expected);
    expect(caught).not.toContain('/home');
  });

  test('P-38: a window that may not ask is told nothing, and says so once on its console', async () => {
    const { page, main, complaints } = await openWindow();
    main.answer(() => ({ ok: false, error: { code: 'REFUSED', message: 'this window is not heard' } }));
    await page.evaluate(() => {
      stagedoor.on('state', () => undefined);
      stagedoor.on('state', () => undefined);
    });
    await soon(() => complaints.length).toBe(1);
    expect(complaints.splice(0)).toEqual(['stagedoor: REFUSED: this window is not heard']);
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
