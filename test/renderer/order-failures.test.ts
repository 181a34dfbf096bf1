import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { describeAtLength, soon } from '../viewer/support/browser.ts';
import { openWindow } from './support/window.ts';

/** In the page. */
declare const stagedoor: StagedoorBridge;

describeAtLength('what an order that fails says', () => {
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
