import { expect, test } from 'vitest';
import { chartNames } from '../../src/viewer/page/charts/chart-data.ts';
import { describeAtLength, openViewer, soon } from './support/browser.ts';

describeAtLength('charts in the viewer', () => {
  test('a chart is stepped by what can happen, shows where it stands and why, and goes back and forward', async () => {
    const { page, lit, address } = await openViewer('#/charts/update');
    const reason = page.getByRole('region', { name: 'Where the chart stands' }).locator('.reason');
    const happen = (name: string): Promise<void> => page.getByRole('button', { name }).first().click();
    expect(await lit()).toEqual(['update.resting.idle']);
    await happen('update.stage → working.checking');
    await soon(lit).toEqual(['update.working.checking']);
    await happen('checkRegistry done 1.1.0 is on offer →');
    await soon(lit).toEqual(['update.working.downloading']);
    expect(await reason.textContent()).toContain('A newer version is on offer.');
    expect(await page.locator('.canvas .edge.taken > path').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Step back' }).click();
    await soon(lit).toEqual(['update.working.checking']);
    await soon(address).toContain('?at=1');
    await page.getByRole('button', { name: 'Step forward' }).click();
    await soon(lit).toEqual(['update.working.downloading']);
    await page.getByRole('button', { name: 'Reset' }).click();
    await soon(lit).toEqual(['update.resting.idle']);
    expect(await address()).toBe('#/charts/update');
  });

  test('an arrow in the picture is clicked to take it; one that can’t be taken says why', async () => {
    const { page, lit } = await openViewer('#/charts/launch');
    await page.locator('.canvas .words[data-edge="launch.recovering#1.0"]').click();
    await soon(lit).toEqual(['launch.override']);
    await page
      .locator('.canvas .words[data-edge="launch.recovering#1.0"] text')
      .first()
      .dispatchEvent('click');
    await page.getByText('This arrow leaves launch.recovering, which is not active.').first().waitFor();
  });

  test('what the host would be told, what begins to work and what the chart knows is shown; guards are explained', async () => {
    const path = [
      'done.recoverStore',
      'done.resolveCandidates:chain',
      'done.checkTree',
      'done.matchNatives:own',
      'done.openAttempt:written',
      'runtime.spawned:pid',
      'runtime.exited:dies',
    ];
    const { page, lit } = await openViewer(`#/charts/launch/${path.map(encodeURIComponent).join(',')}`);
    await soon(lit).toEqual(['launch.preparing.checkingTree']);
    const panel = page.getByRole('region', { name: 'Where the chart stands' });
    const words = (await panel.textContent()) ?? '';
    expect(words).toContain('LAUNCH_EXITED_EARLY');
    expect(words).toContain('launch.failed');
    expect(words).toContain('begins to work checkTree');
    expect(words).toContain('1.1.0 (previous)');
    await page
      .locator('.choices li', { hasText: 'checkTree failed' })
      .getByText('Asked in this order')
      .click();
    await page.getByText('[isDamage] → preparing.quarantining').waitFor();
  });

  test('an event that no guard admits can’t be taken, and says which', async () => {
    const { page, lit } = await openViewer('#/charts/update');
    const button = page.getByRole('button', { name: 'after nextCheck' }).first();
    expect(await button.textContent()).toContain('[isScheduled] does not hold');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await button.dispatchEvent('click');
    expect(await lit()).toEqual(['update.resting.idle']);
    await page.getByRole('button', { name: 'update.schedule every 30 minutes' }).click();
    await page.getByRole('button', { name: 'after nextCheck →' }).first().click();
    await soon(lit).toEqual(['update.working.checking']);
  });

  test('the supervisor hears of its charts by samples, and what it raises itself is followed', async () => {
    const { page, lit } = await openViewer('#/charts/supervisor');
    await page.getByRole('button', { name: 'supervisor.start →' }).first().click();
    await page.getByRole('button', { name: 'launch changed the runtime is healthy' }).click();
    await soon(lit).toEqual([
      'supervisor.runtime.launched.healthy',
      'supervisor.updates.waitingForFirst',
      'supervisor.orders.none',
    ]);
    expect(await page.getByRole('button', { name: /^runtime\.proven/ }).count()).toBe(0);
  });

  test('a path that the chart does not know is followed as far as it goes, and said', async () => {
    const { page, lit } = await openViewer('#/charts/update/update.stage%3Ahost,done.nonsense,done.download');
    await soon(lit).toEqual(['update.working.checking']);
    await page.getByText('a step that this chart does not offer here: done.nonsense').waitFor();
  });

  test('each chart has a key of its own and a picture', async () => {
    const { page, press } = await openViewer('#/charts/supervisor');
    for (const [at, name] of [...chartNames.entries()].toReversed()) {
      await press(String(at + 1));
      await page.getByRole('region', { name: `Picture of the chart ${name}` }).waitFor();
      expect(await page.locator(`.canvas [data-state^="${name}."]`).count()).toBeGreaterThan(10);
    }
  });

  test('pictures zoom and show all; what is pointed at is described', async () => {
    const { page, press } = await openViewer('#/charts/launch?look=launch.alive.probing');
    await page
      .getByRole('region', { name: 'Looked up' })
      .getByText('Waits for the proof of health')
      .waitFor();
    const picture = page.getByRole('region', { name: 'Picture of the chart launch' });
    const width = (): Promise<number> =>
      picture.locator('svg').evaluate(svg => svg.getBoundingClientRect().width);
    const whole = await width();
    await picture.focus();
    await press('+');
    await soon(width).toBeGreaterThan(whole * 1.2);
    await press('0');
    await soon(width).toBeLessThan(1300);
    await press('1');
    await soon(width).toBe(whole);
    await picture
      .locator('.words[data-state="launch.recovering"] text')
      .first()
      .dispatchEvent('pointerover', { bubbles: true });
    await page.locator('.hint', { hasText: 'Sweeps what crashes left behind' }).waitFor();
  });
});
