import { expect, test } from 'vitest';
import type { UiState } from '#src/electron/bridge.js';
import { describeInBrowser, soon } from '../viewer/support/browser.ts';
import { openBanner } from './support/banner-window.ts';
import { quiet } from './support/main-process.ts';
import { stateNames, states } from './support/states.ts';

const texts = {
  downloading: ['Downloading version 1.2.0', '12.3 MB of 41 MB'],
  staged: ['Version 1.2.0 is ready.', 'It starts with the next restart.'],
  waiting: [
    'Version 1.2.0 starts as soon as running work is finished.',
    'Waiting for Export of “March” and Terminal 2',
  ],
  restarting: ['Restarting …'],
  'rolled-back': [
    'Version 1.2.0 did not work and was taken back.',
    'It ended before it was ready. Version 1.0.0 runs instead.',
  ],
  outgrown: [
    'Version 2.0.0 needs a newer version of the app.',
    'It needs version 5 of the app, and this is 4.1.0. Install the newest app to get it.',
  ],
  offline: ['You are offline.', 'The update goes on when there is a connection again.'],
  down: [
    'A part of the app could not be started.',
    'Try again; if that does not help, quit the app and open it again.',
  ],
} as const;

const buttons = {
  downloading: [],
  staged: ['Restart now', 'Restart when finished', 'Later'],
  waiting: ['Restart now anyway'],
  restarting: [],
  'rolled-back': ['Dismiss'],
  outgrown: ['Dismiss'],
  offline: [],
  down: ['Try again'],
} as const;

describeInBrowser('what the banner says', () => {
  test('each state has its words and its buttons, under a page policy that allows nothing inline', async () => {
    const { show, text, banner, box } = await openBanner();
    for (const name of stateNames) {
      await show(states[name], name);
      expect((await text()).split(/\n+/)).toEqual(texts[name]);
      expect(await banner.getByRole('button').allTextContents()).toEqual(buttons[name]);
      expect(await banner.evaluate((element, kind) => element.matches(`:state(${kind})`), name)).toBe(true);
    }
    await show(quiet, '');
    expect(await box.boundingBox()).toMatchObject({ height: 0 });
  });

  test('nothing is shown where there is nothing to say: no place taken, nothing to reach by Tab, no landmark', async () => {
    const { show, banner, page } = await openBanner();
    const silent: readonly Partial<UiState>[] = [
      { tags: ['unmanaged'] },
      { tags: ['starting'] },
      { tags: ['running', 'checking'] },
      // Being offline alone is not worth a word, nor is being held.
      { tags: ['running', 'offline'] },
      { tags: ['running', 'held', 'offline', 'staged'], staged: null },
    ];
    for (const state of silent) await show({ ...quiet, ...state }, '');
    expect(await banner.evaluate(element => element.getBoundingClientRect().height)).toBe(0);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('body');
    expect(await banner.getByRole('region').count()).toBe(0);
  });

  test('what went wrong is told before what may be done next', async () => {
    const { show, button, box } = await openBanner();
    const { rolledBack } = states['rolled-back'];
    const both = {
      ...states.staged,
      tags: ['staged', 'rolled-back'],
      staged: { version: '1.2.1' },
      rolledBack,
    } as const;
    await show(both, 'rolled-back');
    await button('Dismiss').click();
    await soon(() => box.getAttribute('data-kind')).toBe('staged');
    await show({ ...both, tags: ['staged', 'rolled-back', 'restarting'] }, 'restarting');
  });

  test('bytes are said only of a download, and only what is known', async () => {
    const { show, text, banner } = await openBanner();
    const { progress } = states.downloading;
    const at = (change: object) => ({ ...states.downloading, progress: { ...progress, ...change } });
    const bar = banner.locator('progress');
    const value = () => bar.evaluate((element: HTMLProgressElement) => element.position);
    await show(at({ totalBytes: null }), 'downloading');
    expect(await text()).toContain('12.3 MB');
    expect(await text()).not.toContain(' of ');
    expect(await value()).toBe(-1);
    await show(at({ totalBytes: 0, bytes: 999 }));
    expect(await text()).toContain('999 bytes of 0 bytes');
    expect(await value()).toBe(-1);
    await show(at({ phase: 'flushing', bytes: 20, totalBytes: 80 }));
    expect((await text()).trim()).toBe('Preparing version 1.2.0');
    expect(await value()).toBe(0.25);
  });

  test('P-38: whatever a version or a reason is, it is text and never markup', async () => {
    const { show, text, banner, page } = await openBanner();
    const evil = '<img src=x onerror="document.title=1"><b>';
    await show({ ...states.staged, staged: { version: evil } }, 'staged');
    expect(await text()).toContain(`Version ${evil} is ready.`);
    await show(
      { ...states['rolled-back'], rolledBack: { version: evil, running: evil, reason: evil } },
      'rolled-back',
    );
    expect(await banner.locator('img, b').count()).toBe(0);
    expect(await page.title()).toBe('An app');
  });
});
