import { expect, test } from 'vitest';
import { describeAtLength, soon } from '../viewer/support/browser.ts';
import { openBanner } from './support/banner-window.ts';
import { quiet } from './support/main-process.ts';
import { states } from './support/states.ts';

describeAtLength('who can not see the banner', () => {
  test('is told each thing once: progress changes nothing that is read out', async () => {
    const { page, show, banner } = await openBanner();
    await show(states.downloading, 'downloading');
    await page.evaluate(() => {
      const status = document.querySelector('stagedoor-banner')?.shadowRoot?.querySelector('[role=status]');
      window.told = [];
      if (status instanceof Element)
        new MutationObserver(changes => window.told.push(...changes.map(({ type }) => type))).observe(
          status,
          {
            subtree: true,
            childList: true,
            characterData: true,
            attributes: true,
          },
        );
    });
    const { progress } = states.downloading;
    for (let bytes = 0; bytes <= 41; bytes += 1)
      await show({ ...states.downloading, progress: { ...progress, bytes: bytes * 1e6 } });
    await soon(() => banner.locator('[part=note]').textContent()).toContain('41');
    expect(await page.evaluate(() => window.told)).toEqual([]);
    await show(states.staged, 'staged');
    expect(await page.evaluate(() => window.told.length)).toBeGreaterThan(0);
  });

  test('finds a polite region that is there before it speaks, by name', async () => {
    const { show, banner } = await openBanner();
    const status = banner.locator('[role=status]');
    expect(await status.evaluate(element => getComputedStyle(element).display)).toBe('block');
    await show(states.staged, 'staged');
    expect(await status.getAttribute('aria-live')).toBe('polite');
    expect(await banner.getByRole('region', { name: 'App update' }).count()).toBe(1);
    await show(states.downloading, 'downloading');
    expect(await banner.getByRole('progressbar', { name: /Downloading version/ }).count()).toBe(1);
  });
});

describeAtLength('who has only a keyboard', () => {
  const body = '<p><a href="#top">A link of the app</a></p>';
  const focused = `(() => {
    const outer = document.activeElement;
    const inner = outer?.shadowRoot?.activeElement ?? outer;
    return inner?.dataset?.action ?? inner?.getAttribute('part') ?? inner?.localName;
  })()`;

  test('walks through all buttons in their order and presses them with Enter and Space', async () => {
    const { page, show, main } = await openBanner({ body });
    const press = async (key: string): Promise<unknown> => {
      await page.keyboard.press(key);
      return page.evaluate(focused);
    };
    await show(states.staged, 'staged');
    expect(await press('Tab')).toBe('restart-now');
    expect(await press('Tab')).toBe('restart-when-finished');
    expect(await press('Tab')).toBe('put-aside');
    expect(await press('Tab')).toBe('a');
    expect(await press('Shift+Tab')).toBe('put-aside');
    expect(await press('Shift+Tab')).toBe('restart-when-finished');
    const before = main.orders().length;
    await page.keyboard.press('Enter');
    await soon(() => main.orders().length).toBe(before + 1);
  });

  test('keeps the focus on a button that stays, and never finds it on another button', async () => {
    const { page, show } = await openBanner({ body });
    await show(states.staged, 'staged');
    await page.keyboard.press('Tab');
    await show({ ...states.staged, tags: ['running', 'staged', 'checking'], staged: { version: '1.2.1' } });
    expect(await page.evaluate(focused)).toBe('restart-now');
    await show(states.waiting, 'waiting');
    expect(await page.evaluate(focused)).toBe('banner');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(focused)).toBe('restart-anyway');
  });

  test('gets the focus back where it was when the banner goes', async () => {
    const { page, show } = await openBanner({ body });
    await show(states.staged, 'staged');
    await page.locator('a').focus();
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(focused)).toBe('put-aside');
    await page.keyboard.press('Space');
    expect(await page.evaluate(focused)).toBe('a');
    // What a person is doing elsewhere is not disturbed.
    await show({ ...states.staged, staged: { version: '1.2.1' } }, 'staged');
    expect(await page.evaluate(focused)).toBe('a');
    await show(quiet, '');
    expect(await page.evaluate(focused)).toBe('a');
  });
});
