import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Film } from '#src/film/film.js';
import { describeAtLength, openViewer, soon } from './support/browser.ts';

const films = JSON.parse(readFileSync('visualizations/storyboards.json', 'utf8')) as readonly Film[];
const [film] = films;
if (film === undefined) throw new Error('there are no storyboards');
const leaves = (chart: string, place: string | null): string[] =>
  place === null ? [] : place.split(' ').map(path => `${chart}.${path}`);

describeAtLength('storyboards in the viewer', () => {
  test('all are listed, and one opens by its link', async () => {
    const { page, address } = await openViewer();
    const links = page.getByRole('main').getByRole('link');
    expect(await links.count()).toBe(films.length);
    await links.first().click();
    await page.getByRole('heading', { level: 1, name: film.title }).waitFor();
    expect(await address()).toBe(`#/storyboards/${film.id}/1`);
  });

  test('each step says what the storyboard says, lights where the chart that moved stands, and marks what is new on disk', async () => {
    const { page, lit, press } = await openViewer(`#/storyboards/${film.id}/1`);
    const panel = page.getByRole('region', { name: 'This step' });
    for (const [at, frame] of film.frames.entries()) {
      const before = film.frames[at - 1];
      await soon(() => panel.locator('.reason').textContent()).toBe(frame.says);
      if (frame.chart !== null) expect(await lit()).toEqual(leaves(frame.chart, frame.places[frame.chart]));
      const marked = await panel.locator('h2:text("On disk") + dl .changed dt').allTextContents();
      const changed = Object.keys(frame.disk ?? {}).filter(
        name => before !== undefined && (before.disk?.[name] ?? 'none') !== frame.disk?.[name],
      );
      expect(marked, `step ${at + 1}`).toEqual(changed);
      for (const line of (frame.window ?? '').split('\n')) {
        expect(await panel.locator('.window').textContent()).toContain(line);
      }
      await press('ArrowRight');
    }
  });

  test('buttons and the slider go forward and back, and the arrow that was taken is lit', async () => {
    const { page, press } = await openViewer(`#/storyboards/${film.id}/4`);
    const slider = page.getByRole('slider', { name: 'Step' });
    expect(await slider.inputValue()).toBe('3');
    await page.getByRole('button', { name: 'Step forward' }).click();
    await soon(() => slider.inputValue()).toBe('4');
    expect(await page.locator('.canvas .edge.taken').count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Step back' }).click();
    await soon(() => slider.inputValue()).toBe('3');
    await slider.fill('10');
    await soon(() => page.locator('.reason').textContent()).toBe(film.frames[10]?.says);
    await slider.focus();
    await press('ArrowRight', 'ArrowRight', 'ArrowLeft');
    await soon(() => slider.inputValue()).toBe('11');
  });

  test('an address leads to its step when the page loads, and when it is changed by hand', async () => {
    const other = films[20];
    if (other === undefined) throw new Error('there are too few storyboards');
    const { page, address, press } = await openViewer(`#/storyboards/${film.id}/7`);
    await soon(() => page.locator('.reason').textContent()).toBe(film.frames[6]?.says);
    await page.evaluate(hash => {
      location.hash = hash;
    }, `#/storyboards/${other.id}/3`);
    await soon(() => page.locator('.reason').textContent()).toBe(other.frames[2]?.says);
    await press('j');
    await soon(address).toBe(`#/storyboards/${other.id}/4`);
    await page.reload();
    await soon(() => page.locator('.reason').textContent()).toBe(other.frames[3]?.says);
    await page.goBack();
    await soon(() => page.locator('.reason').textContent()).toBe(film.frames[6]?.says);
  });

  test('an address that names nothing shows the contents', async () => {
    const { page } = await openViewer('#/storyboards/no-such-story/9');
    await page.getByRole('heading', { level: 1, name: 'Edge cases, step by step' }).waitFor();
  });
});
