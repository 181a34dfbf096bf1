import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeAtLength, openViewer, soon } from './support/browser.ts';

/** What has the focus, in a few words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').slice(0, 200);
  });

describeAtLength('the viewer without a mouse', () => {
  test('a storyboard is found, opened and gone through by keys alone', async () => {
    const { page, press, address } = await openViewer();
    await press('/');
    await page.keyboard.type('the disk fills');
    await press('ArrowDown');
    expect(await focused(page)).toContain('The disk fills up in the middle');
    await press('ArrowUp', 'ArrowDown', 'Enter');
    await page.getByRole('heading', { level: 1, name: 'The disk fills up in the middle' }).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(await page.title()).toBe('The disk fills up in the middle · stagedoor viewer');
    await press('j', 'j', 'ArrowRight', 'k');
    await soon(address).toBe('#/storyboards/disk-full/3');
    await press('End');
    await soon(() => page.locator('.count').textContent()).toBe('17 / 17');
    await press('Home');
    await soon(() => page.locator('.count').textContent()).toBe('1 / 17');
    await press('2');
    expect(await page.getByRole('button', { name: 'launch', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await press('s');
    await page.getByRole('heading', { level: 1, name: 'Edge cases, step by step' }).waitFor();
  });

  test('a chart is stepped by keys alone, in its list and in its picture', async () => {
    const { page, press, lit } = await openViewer();
    await press('c', '3', 'n');
    expect(await focused(page)).toContain('after nextCheck');
    await press('Tab', 'Tab');
    expect(await focused(page)).toBe('update.check → working.checking');
    await press('Enter');
    await soon(lit).toEqual(['update.working.checking']);
    expect(await focused(page)).toContain('checkRegistry done 1.1.0 is on offer');
    await page.locator('.canvas .edge[role=button][aria-label^="update.cancel"]').focus();
    await press('Enter');
    await soon(lit).toEqual(['update.cleaning']);
    expect(await focused(page)).toContain('Picture of the chart update');
    await page.locator('body').press('k');
    await soon(lit).toEqual(['update.working.checking']);
    await press('x');
    await soon(lit).toEqual(['update.resting.idle']);
  });

  test('everything that has the focus shows it, and the first Tab skips to the content', async () => {
    const { page, press } = await openViewer('#/storyboards/first-update/3');
    await press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    for (let stop = 0; stop < 25; stop += 1) {
      const shown = await page.evaluate(() => {
        const [element] = [document.activeElement];
        if (element === null || element === document.body) return 'nothing';
        const marked = element.closest('.chooser') ?? element;
        return getComputedStyle(marked).outlineStyle;
      });
      expect(['nothing', 'solid', 'auto'], await focused(page)).toContain(shown);
      await press('Tab');
    }
  });

  test('help opens and closes, and keys mean nothing while it is open; what has changed is said to those who see nothing', async () => {
    const { page, press } = await openViewer('#/storyboards/first-update/9');
    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await press('j', 'Escape');
    await soon(() => page.getByRole('dialog').count()).toBe(0);
    await press('j');
    const said = page.locator('output.hidden').last();
    await soon(() => said.textContent()).toMatch(/^Step 10 of 44\. /);
    await press('j');
    await soon(() => said.textContent()).toContain('The user sees: The app runs 1.0.0.');
  });

  test('light and dark follow the system until a reader chooses, and the choice stays', async () => {
    const { page, press } = await openViewer('', { colorScheme: 'dark' });
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await paper();
    await press('t');
    await soon(paper).not.toBe(dark);
    const light = await paper();
    await page.reload();
    await soon(paper).toBe(light);
    await press('t');
    await soon(paper).toBe(dark);
  });
});
