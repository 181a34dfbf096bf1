import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { violations } from '../viewer/support/axe.ts';
import { describeAtLength, describeInBrowser, soon } from '../viewer/support/browser.ts';
import { type BannerWindow, openBanner } from './support/banner-window.ts';
import { stateNames, states } from './support/states.ts';

/** Where pictures go, to be looked at: `STAGEDOOR_PICTURES=DIR npx vitest run --mode full test/renderer/banner-looks.test.ts`. */
const pictures = process.env.STAGEDOOR_PICTURES;
if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

const picture = async ({ page }: BannerWindow, name: string): Promise<void> => {
  if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` });
};

const failing = async ({ main, show, button, text }: BannerWindow): Promise<void> => {
  main.answer(() => ({ ok: false, error: { code: 'DISK_FULL', message: 'no room is left' } }));
  await show(states.staged, 'staged');
  await button('Restart now').click();
  await soon(text).toContain('no room is left');
};

const overflow = ({ page }: BannerWindow): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describeInBrowser('a look at the banner', () => {
  test('axe finds nothing in any state', async () => {
    const window = await openBanner({ reducedMotion: 'reduce' });
    for (const name of stateNames) {
      await window.show(states[name], name);
      expect(await violations(window.page), name).toEqual([]);
    }
  });
});

describeAtLength('all looks of the banner', () => {
  const looks = (['light', 'dark'] as const).flatMap(colorScheme =>
    (['ltr', 'rtl'] as const).flatMap(dir => [1280, 320].map(width => [colorScheme, dir, width] as const)),
  );

  test.each(looks)(
    'axe finds nothing, and nothing overflows: %s, %s, %s pixels wide',
    async (colorScheme, dir, width) => {
      const window = await openBanner({
        colorScheme,
        dir,
        reducedMotion: 'reduce',
        viewport: { width, height: 300 },
      });
      const look = async (name: string): Promise<void> => {
        expect(await violations(window.page), name).toEqual([]);
        expect(await overflow(window), name).toBe(0);
        await picture(window, `${colorScheme}-${dir}-${width}-${name}`);
      };
      for (const name of stateNames) {
        await window.show(states[name], name);
        await look(name);
      }
      await failing(window);
      await look('failure');
    },
  );

  test('in German, at a zoom of 200 %, long names and versions wrap', async () => {
    const window = await openBanner({
      lang: 'de',
      viewport: { width: 320, height: 400 },
      deviceScaleFactor: 2,
    });
    const long = '1.2.0-beta.1.0123456789.abcdefghijklmnopqrstuvwxyz.0123456789';
    await window.show({ ...states.staged, staged: { version: long } }, 'staged');
    expect(await overflow(window)).toBe(0);
    await picture(window, 'zoom-de-staged');
    await window.show({ ...states.waiting, waitingFor: [long, 'x'.repeat(200)] }, 'waiting');
    expect(await overflow(window)).toBe(0);
    await picture(window, 'zoom-de-waiting');
  });

  test('in forced colours, buttons, edges and the mark are drawn in the colours of the system', async () => {
    const window = await openBanner({ forcedColors: 'active', reducedMotion: 'reduce' });
    const { show, box, button } = window;
    for (const name of stateNames) {
      await show(states[name], name);
      expect(await violations(window.page), name).toEqual([]);
      await picture(window, `forced-${name}`);
    }
    await show(states.staged, 'staged');
    const system = await window.page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('p'));
      probe.style.setProperty('color', 'CanvasText');
      return getComputedStyle(probe).color;
    });
    const style = (property: string) =>
      box.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    expect(await style('color')).toBe(system);
    expect(await style('border-left-width')).toBe('4px');
    expect(await button('Later').evaluate(element => getComputedStyle(element).borderTopStyle)).toBe('solid');
    await failing(window);
    await picture(window, 'forced-failure');
  });

  test('nothing moves for who wants less motion', async () => {
    const moving = await openBanner({ reducedMotion: 'no-preference' });
    await moving.show(states.restarting, 'restarting');
    const animations = ({ box }: BannerWindow) =>
      box.evaluate(element => getComputedStyle(element).animationName);
    const bar = ({ banner }: BannerWindow) => banner.locator('progress').isVisible();
    expect([await animations(moving), await bar(moving)]).toEqual(['appear', true]);
    await picture(moving, 'moving-restarting');
    const still = await openBanner({ reducedMotion: 'reduce' });
    await still.show(states.restarting, 'restarting');
    expect([await animations(still), await bar(still)]).toEqual(['none', false]);
  });

  test('an app colours it by properties and parts, under the same policy', async () => {
    const window = await openBanner({
      style: `
        stagedoor-banner { --stagedoor-background: rgb(1, 2, 3); --stagedoor-accent: rgb(4, 5, 6); --stagedoor-radius: 0; }
        stagedoor-banner::part(primary) { text-transform: uppercase; }
        stagedoor-banner:state(staged) { margin: 7px; }
      `,
    });
    await window.show(states.staged, 'staged');
    const computed = await window.page.evaluate(() => {
      const banner = document.querySelector('stagedoor-banner') as HTMLElement;
      const part = (name: string) => banner.shadowRoot?.querySelector(`[part~=${name}]`) as Element;
      return [
        getComputedStyle(part('banner')).backgroundColor,
        getComputedStyle(part('banner')).borderTopLeftRadius,
        getComputedStyle(part('primary')).backgroundColor,
        getComputedStyle(part('primary')).textTransform,
        getComputedStyle(banner).marginTop,
      ];
    });
    expect(computed).toEqual(['rgb(1, 2, 3)', '0px', 'rgb(4, 5, 6)', 'uppercase', '7px']);
  });
});
