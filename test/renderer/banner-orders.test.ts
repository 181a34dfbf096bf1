import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { describeAtLength, soon } from '../viewer/support/browser.ts';
import { openBanner } from './support/banner-window.ts';
import { agreeable } from './support/main-process.ts';
import { states } from './support/states.ts';

const advices = [
  ['REGISTRY_UNREACHABLE', 'Check the connection, then try again.'],
  ['DISK_FULL', 'Make room on the disk, or close other copies of the app, then try again.'],
  ['REFUSED', 'This window may not do that.'],
  ['INTERNAL', 'Try again; if that does not help, quit the app and open it again.'],
] as const;

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

  test('an app may define it under a name of its own, beside the usual one', async () => {
    const { page, show } = await openBanner();
    const kinds = await page.evaluate(() => {
      const { defineBanner } = window as unknown as { defineBanner: (name?: string) => void };
      for (const name of ['app-update', 'app-update', undefined]) defineBanner(name);
      document.querySelector('main')?.append(document.createElement('app-update'));
      return ['app-update', 'stagedoor-banner'].map(name => customElements.get(name) !== undefined);
    });
    expect(kinds).toEqual([true, true]);
    await show(states.staged, 'staged');
    const own = page.locator('app-update').getByRole('button', { name: 'Later' });
    expect(await own.count()).toBe(1);
  });
});
