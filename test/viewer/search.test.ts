import { expect, test } from 'vitest';
import { describeAtLength, openViewer, soon } from './support/browser.ts';
import { journalFile, recorded } from './support/journals.ts';

describeAtLength('search in the viewer', () => {
  test('states, events, storyboards and steps are found by words, and opened', async () => {
    const { page, address, press } = await openViewer();
    const box = page.getByRole('searchbox');
    const found = (title: string) => page.locator('.results a', { hasText: title }).first();
    await box.fill('launch markingbad');
    await found('launch.alive.healthy.markingBad').click();
    await page.getByRole('region', { name: 'Looked up' }).getByText('Writes the verdicts').waitFor();
    expect(await address()).toBe('#/charts/launch?look=launch.alive.healthy.markingBad');
    expect(await page.locator('.canvas .state.looked').getAttribute('data-state')).toBe(
      'launch.alive.healthy.markingBad',
    );
    await box.fill('after firstcheck');
    await found('after firstCheck').click();
    expect(await page.locator('.canvas .edge.looked').count()).toBe(2);
    await box.fill('lease.taken');
    await found('lease.taken / addLease').click();
    await soon(address).toBe('#/charts/supervisor?look=supervisor');
    await box.fill('captive portal');
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: 'A captive portal' }).waitFor();
    await box.fill('power cut');
    await page.locator('.results h2', { hasText: 'Steps' }).waitFor();
    await found('power cut').click();
    expect(await page.locator('.row[aria-current]').textContent()).toContain('power cut');
    await box.fill('no such thing anywhere');
    await page.getByText('Nothing found.').waitFor();
  });

  test('steps of an open journal are found, too', async () => {
    const { page } = await openViewer('#/journal');
    await page.getByLabel('Open a journal').setInputFiles(journalFile(recorded));
    await page.locator('.row').first().waitFor();
    await page.getByRole('searchbox').fill('process 7089 fault at the start');
    await page.locator('.results a').first().click();
    await soon(() => page.locator('.reason').textContent()).toContain('a fault at the start');
  });
});
