import { expect, test } from 'vitest';
import type { StagedoorBridge, UiState } from '#src/electron/bridge.js';
import { describeAtLength, describeInBrowser, soon } from '../viewer/support/browser.ts';
import { openBanner } from './support/banner-window.ts';
import { agreeable, quiet } from './support/main-process.ts';
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

const advices = [
  ['REGISTRY_UNREACHABLE', 'Check the connection, then try again.'],
  ['DISK_FULL', 'Make room on the disk, or close other copies of the app, then try again.'],
  ['REFUSED', 'This window may not do that.'],
  ['INTERNAL', 'Try again; if that does not help, quit the app and open it again.'],
] as const;

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

describeAtLength('what the banner does', () => {
  test('its buttons are the orders of the contract', async () => {
    const { main, show, button } = await openBanner();
    const press = async (name: string): Promise<unknown> => {
      const before = main.orders().length;
      await button(name).click();
      await soon(() => main.orders().length).toBe(before + 1);
      await soon(() => button(name).getAttribute('aria-disabled')).toBe('false');
      return main.orders().at(-1);
    };
    await show(states.staged, 'staged');
    expect(await press('Restart now')).toEqual({ verb: 'restartToApply', when: 'now' });
    expect(await press('Restart when finished')).toEqual({ verb: 'restartToApply', when: 'idle' });
    await show(states.waiting, 'waiting');
    expect(await press('Restart now anyway')).toEqual({ verb: 'restartToApply', when: 'now' });
    await show(states.down, 'down');
    expect(await press('Try again')).toEqual({ verb: 'restartToApply', when: 'now' });
  });

  test('an order is given once, however often its button is pressed before the answer', async () => {
    const { main, show, button } = await openBanner();
    await show(states.staged, 'staged');
    const before = main.orders().length;
    let answer = (): void => undefined;
    const answered = new Promise<void>(resolve => {
      answer = resolve;
    });
    main.answer(async order => {
      await answered;
      return agreeable()(order);
    });
    await button('Restart when finished').click();
    expect(await button('Restart now').getAttribute('aria-disabled')).toBe('true');
    await button('Restart now').click({ force: true });
    await button('Restart when finished').press('Enter');
    expect(main.orders().slice(before)).toEqual([{ verb: 'restartToApply', when: 'idle' }]);
    // The first order still waits, but the question is another one now.
    await show(states.waiting, 'waiting');
    await button('Restart now anyway').click();
    await soon(() => main.orders().length).toBe(before + 2);
    await show(states.staged, 'staged');
    answer();
    await soon(() => button('Restart now').getAttribute('aria-disabled')).toBe('false');
  });

  test('"later" holds for that version in this page, for any banner of it', async () => {
    const { show, button, box, page } = await openBanner();
    await show(states.staged, 'staged');
    await button('Later').click();
    await soon(() => box.getAttribute('data-kind')).toBe('');
    await show({ ...states.staged, tags: ['running', 'staged', 'checking'] }, '');
    await page.evaluate(() => {
      document.querySelector('stagedoor-banner')?.remove();
      document.querySelector('main')?.append(document.createElement('stagedoor-banner'));
    });
    expect(await box.getAttribute('data-kind')).toBe('');
    await show({ ...states.staged, staged: { version: '1.2.1' } }, 'staged');
    await page.reload();
    await show(states.staged, 'staged');
  });

  test('P-39: an order that fails says what to do, by who is to blame, until the next one', async () => {
    const { main, show, button, text, banner } = await openBanner();
    await show(states.staged, 'staged');
    for (const [code, advice] of advices) {
      main.answer(() => ({ ok: false, error: { code, message: 'it did not go' } }));
      await button('Restart now').click();
      await soon(text).toContain(`That did not work: it did not go\n${advice}`);
      expect(await banner.getByRole('status').textContent()).toContain(advice);
      main.answer(agreeable());
      await button('Restart now').click();
      await soon(text).not.toContain(advice);
    }
  });

  test('P-39: a failure goes with what it was about', async () => {
    const { main, show, button, text } = await openBanner();
    await show(states.staged, 'staged');
    main.answer(() => ({ ok: false, error: { code: 'INTERNAL', message: 'it did not go' } }));
    await button('Restart now').click();
    await soon(text).toContain('it did not go');
    await show(states.waiting, 'waiting');
    expect(await text()).not.toContain('it did not go');
  });

  test('`stagedoor-outgrown` comes once for each version, and the app may say it in place of the banner', async () => {
    const { page, show, box } = await openBanner();
    await page.evaluate(() => {
      window.told = [];
      document.addEventListener('stagedoor-outgrown', event => {
        window.told.push((event as CustomEvent).detail);
        if (window.told.length > 1) event.preventDefault();
      });
    });
    await show(states.outgrown, 'outgrown');
    await show({ ...states.outgrown, tags: ['outgrown', 'checking'] }, 'outgrown');
    const next = { ...states.outgrown.outgrown, version: '2.1.0' };
    await show({ ...states.outgrown, outgrown: next });
    await soon(() => box.getAttribute('data-kind')).toBe('');
    expect(await page.evaluate(() => window.told)).toEqual([states.outgrown.outgrown, next]);
  });

  test('it listens to its source while it is in the page, and to nothing else', async () => {
    const { page, show } = await openBanner();
    await show(states.staged, 'staged');
    const seen = await page.evaluate(state => {
      const listeners = new Set<(event: never) => void>();
      const counts: number[] = [];
      const kinds: (string | undefined)[] = [];
      const banner = document.querySelector('stagedoor-banner') as HTMLElement & {
        source: StagedoorBridge | null;
      };
      const note = (): void => {
        counts.push(listeners.size);
        kinds.push(banner.shadowRoot?.querySelector<HTMLElement>('[part~=banner]')?.dataset.kind);
      };
      const own = {
        on: (_name: string, listener: (event: typeof state) => void) => {
          listeners.add(listener);
          listener(state);
          return () => listeners.delete(listener);
        },
      };
      banner.source = own as unknown as StagedoorBridge;
      note();
      banner.remove();
      note();
      document.body.append(banner);
      note();
      banner.source = null;
      note();
      return { counts, kinds };
    }, states.down);
    expect(seen).toEqual({ counts: [1, 0, 1, 0], kinds: ['down', 'down', 'down', 'staged'] });
  });
});

declare global {
  interface Window {
    told: unknown[];
  }
}
