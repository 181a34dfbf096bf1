import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { journalFilms } from '#src/film/journal-film.js';
import { ownWords } from '#src/film/own-words.js';
import { describeAtLength, openViewer, soon } from './support/browser.ts';
import { journalFile, recorded, recordedLines } from './support/journals.ts';
import { serveViewer } from './support/live-server.ts';

const [film] = journalFilms([{ name: 'journal.jsonl', text: recorded }], ownWords()).films;
if (film === undefined) throw new Error('the fixture has no run');
const chooser = (page: Page) => page.getByLabel('Open a journal');
const problems = (page: Page) => page.locator('.problems');
const reason = (page: Page): Promise<string | null> => page.locator('.reason').textContent();

describeAtLength('journals in the viewer', () => {
  test('S-02: a rollback is replayed: each step says what the film says, at its time on the slider', async () => {
    const { page, lit, address } = await openViewer('#/journal');
    await chooser(page).setInputFiles(journalFile(recorded));
    const slider = page.getByRole('slider', { name: 'Time' });
    await slider.waitFor();
    expect(await problems(page).count()).toBe(0);
    expect(Number(await slider.getAttribute('max'))).toBe(film.frames.at(-1)?.atMs);
    // Of the steps in the same moment the slider finds the last one.
    for (const [at, frame] of film.frames.entries()) {
      if (frame.atMs === null || film.frames[at + 1]?.atMs === frame.atMs) continue;
      await slider.fill(String(frame.atMs));
      await soon(() => reason(page)).toBe(frame.says);
      if (frame.chart !== null)
        expect(await lit()).toEqual(
          (frame.places[frame.chart] ?? '').split(' ').map(place => `${frame.chart}.${place}`),
        );
    }
    await soon(address).toBe(`#/journal/${film.id}/${film.frames.length}`);
    const rollback = film.frames.findIndex(({ says }) => says.includes('1.2.0 is marked bad'));
    await page.locator('.steps').evaluate(list => list.scrollTo(0, 0));
    await page.getByRole('button', { name: 'First step' }).click();
    for (let at = 0; at < rollback; at += 1) await page.keyboard.press('j');
    await soon(() => reason(page)).toBe(film.frames[rollback]?.says);
    expect(await page.locator('.window').textContent()).toContain('1.2.0 was left: it does not work here.');
  });

  test('S-02: a file may be dropped anywhere', async () => {
    const { page } = await openViewer('#/storyboards');
    const transfer = await page.evaluateHandle(text => {
      const held = new DataTransfer();
      held.items.add(new File([text], 'journal.jsonl'));
      return held;
    }, recorded);
    await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
    await page.getByText('Drop the journal to replay it').waitFor();
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
    await page.getByRole('heading', { level: 1, name: film.title }).waitFor();
  });

  test('S-02: an address of a run asks for its journal, and leads there when it is opened', async () => {
    const { page } = await openViewer(`#/journal/${film.id}/12`);
    await page.getByText('a run of a journal that is not open here').waitFor();
    await chooser(page).setInputFiles(journalFile(recorded));
    await soon(() => reason(page)).toBe(film.frames[11]?.says);
  });

  test('S-02: what the server gives is replayed at once, both files in their order', async () => {
    const half = 30;
    const files = [
      { name: 'journal.jsonl', text: recordedLines.slice(half).join('\n') },
      { name: 'journal.1.jsonl', text: recordedLines.slice(0, half).join('\n') },
    ];
    const { origin } = await serveViewer({ journal: { files }, live: false });
    const { page } = await openViewer('', { origin });
    await page.getByRole('heading', { level: 1, name: film.title }).waitFor();
    expect(await problems(page).count()).toBe(0);
    expect(await page.locator('.count').textContent()).toContain(`/ ${film.frames.length}`);
  });

  const newer = recorded.replaceAll('"schema":1', '"schema":7');
  test.each([
    ['that was cut', recorded.slice(0, 5000), 'is cut off in the middle and is left out', true],
    ['of a newer schema', newer, 'was written by a newer stagedoor (schema 7', true],
    ['with garbage in it', recorded.replace('\n', '\ngarbage\n'), 'line 2 is not JSON', true],
    ['that is empty', '', 'is empty: nothing has been written down yet', false],
    ['that is none', '# A README\nof something else', 'lines 1 to 2 are not JSON', false],
    ['that is a picture', '\u0089PNG\r\n\u001a\n\0\0\0', 'not JSON', false],
  ])(
    'S-02: a journal %s is told clearly, and what can be read is shown',
    async (_, text, message, readable) => {
      const { page } = await openViewer('#/journal');
      await chooser(page).setInputFiles(journalFile(text));
      await problems(page).getByText(message).waitFor();
      const title = readable ? 'the rest is shown' : 'Nothing here can be read as a journal of stagedoor';
      await problems(page).getByRole('heading', { name: title }).waitFor();
      if (readable) expect(await page.locator('.row').count()).toBeGreaterThan(10);
      else await page.getByRole('heading', { level: 1, name: 'There is no run to show' }).waitFor();
    },
  );

  test('P-21: nothing that is in a journal becomes a part of the page', async () => {
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const step = { schema: 1, run: 'a', pid: evil, seq: 1, at: '2026-01-01T00:00:00Z', event: 'chart.step' };
    const lines = [
      { ...step, event: 'runtime:starting', version: evil, role: evil, [evil]: evil },
      { ...step, seq: 2, chart: 'launch', by: evil, state: `alive.${evil}` },
      { ...step, seq: 3, chart: 'launch', by: 'constructor', state: '__proto__' },
      { ...step, seq: 4, event: evil },
    ];
    const { page, press } = await openViewer('#/journal');
    await chooser(page).setInputFiles(
      journalFile(lines.map(line => JSON.stringify(line)).join('\n'), `${evil}.jsonl`),
    );
    await page.locator('.row').first().waitFor();
    await press('j', 'j', 'j', 'k');
    await page.getByRole('searchbox').fill('onerror');
    await page.locator('.results a').first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Journal · stagedoor viewer');
    await page
      .getByText(/The chart launch of this version has no state .*: another version was at work/)
      .waitFor();
  });

  test('P-21: the page forbids itself everything but itself', () => {
    const html = readFileSync('dist/viewer.html', 'utf8');
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:,)/);
  });
});
