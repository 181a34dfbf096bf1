import { expect, test } from 'vitest';
import type { BannerStrings, StagedoorBanner } from '#src/renderer/banner.js';
import { describeAtLength, soon } from '../viewer/support/browser.ts';
import { openBanner } from './support/banner-window.ts';
import { stateNames, states } from './support/states.ts';

const arabic = {
  staged: 'الإصدار {version} جاهز.',
  stagedDetail: 'يبدأ مع إعادة التشغيل التالية.',
  restartNow: 'أعد التشغيل الآن',
  bytesOfTotal: '{bytes} من {total}',
} as const satisfies Partial<BannerStrings>;

describeAtLength('the language of the banner', () => {
  test('is that of the page, with numbers and lists as they are written there', async () => {
    const { show, text, box, banner } = await openBanner({ lang: 'de-AT' });
    await show(states.downloading, 'downloading');
    expect(await text()).toMatch(/^Version 1\.2\.0 wird geladen\n12,3 MB von 41 MB$/);
    await show(states.waiting, 'waiting');
    expect(await text()).toContain('Es läuft noch: Export of “March” und Terminal 2');
    expect(await box.getAttribute('lang')).toBe('de-AT');
    await banner.evaluate(element => element.setAttribute('lang', 'en'));
    expect(await text()).toContain('Waiting for Export');
  });

  test('says everything in German that it says in English', async () => {
    const { show, text, banner, page } = await openBanner();
    const all = async (): Promise<string[]> => {
      const said: string[] = [];
      for (const name of stateNames) {
        await show(states[name], name);
        said.push(await text(), ...(await banner.getByRole('button').allTextContents()));
      }
      return said;
    };
    const english = await all();
    await page.evaluate(() => {
      document.querySelector('stagedoor-banner')?.setAttribute('lang', 'de');
    });
    const german = await all();
    expect(german.length).toBe(english.length);
    expect(german.filter(line => english.includes(line))).toEqual([]);
  });

  test.each(['fr', 'not a language', 'x'])(
    'is English, and marked so, where "%s" is asked for',
    async lang => {
      const { show, text, box } = await openBanner({ lang });
      await show(states.staged, 'staged');
      expect(await text()).toContain('Version 1.2.0 is ready.');
      expect(await box.getAttribute('lang')).toBe('en');
    },
  );

  test('takes own texts in place of some, as templates and as functions, and keeps the rest', async () => {
    const { page, show, text, button } = await openBanner();
    await show(states.staged, 'staged');
    await page.evaluate(() => {
      const banner = document.querySelector('stagedoor-banner') as StagedoorBanner;
      banner.strings = {
        staged: ({ version }) => `Kanban ${version}: new!`,
        stagedDetail: 'No {such} value in {version}',
        later: 'Not now',
      };
    });
    expect((await text()).split(/\n/)).toEqual(['Kanban 1.2.0: new!', 'No {such} value in 1.2.0']);
    expect(await button('Not now').count()).toBe(1);
    expect(await button('Restart now').count()).toBe(1);
    await page.evaluate(() => {
      (document.querySelector('stagedoor-banner') as StagedoorBanner).strings = null;
    });
    await soon(text).toContain('Version 1.2.0 is ready.');
  });

  test('runs from right to left where the page does, and a text of another direction keeps its own', async () => {
    const { page, show, banner, box, text } = await openBanner({ lang: 'ar', dir: 'rtl' });
    await page.evaluate(strings => {
      (document.querySelector('stagedoor-banner') as StagedoorBanner).strings = strings;
    }, arabic);
    await show({ ...states.staged, staged: { version: '1.2.0-beta.1' } }, 'staged');
    expect(await text()).toContain('الإصدار 1.2.0-beta.1 جاهز.');
    expect(await banner.locator('[part=title]').textContent()).toContain('\u20681.2.0-beta.1\u2069');
    const direction = (part: string) =>
      banner.locator(`[part=${part}] bdi`).evaluate(element => getComputedStyle(element).direction);
    expect(await direction('title')).toBe('rtl');
    const [message, first, last] = await Promise.all(
      ['[part=content]', 'button:first-child', 'button:last-child'].map(part =>
        banner.locator(part).boundingBox(),
      ),
    );
    expect(message?.x).toBeGreaterThan(first?.x ?? Number.NaN);
    expect(first?.x).toBeGreaterThan(last?.x ?? Number.NaN);
    expect(await box.evaluate(element => getComputedStyle(element).borderRightWidth)).toBe('4px');
    await show(states.outgrown, 'outgrown');
    expect(await direction('title')).toBe('ltr');
  });
});
