import { expect, test } from 'vitest';
import { journalFilms } from '#src/film/journal-film.js';
import { ownWords } from '#src/film/own-words.js';
import { describeAtLength, openViewer, soon } from './support/browser.ts';
import { recorded, recordedLines } from './support/journals.ts';
import { serveViewer } from './support/live-server.ts';

const [film] = journalFilms([{ name: 'journal.jsonl', text: recorded }], ownWords()).films;
if (film === undefined) throw new Error('the fixture has no run');
const half = 40;

describeAtLength('a live process in the viewer', () => {
  test('its charts are followed as it goes, paused by stepping back, and it is said how it is connected', async () => {
    const server = await serveViewer({ journal: null, live: true });
    server.state('waiting', null);
    const { page, press, address } = await openViewer('', { origin: server.origin });
    await page.getByText('Waiting for a process').waitFor();
    await page.getByText('Nothing has happened yet.').waitFor();

    server.state('connected', 'stagedoor run, process 4242');
    for (const line of recordedLines.slice(0, half)) server.line(line);
    await page.getByText('Connected: stagedoor run, process 4242').waitFor();
    const slider = page.getByRole('slider');
    const place = async (): Promise<string> =>
      /step (\d+ of \d+)/.exec((await slider.getAttribute('aria-valuetext')) ?? '')?.[1] ?? '';
    await soon(place).toMatch(/^(\d+) of \1$/);
    const reached = Number((await place()).split(' ')[0]);

    await press('k');
    await soon(place).toBe(`${reached - 1} of ${reached}`);
    await page.getByRole('button', { name: 'Paused: follow again' }).waitFor();
    await soon(address).toBe(`#/live/${film.id}/${reached - 1}`);
    for (const line of recordedLines.slice(half)) server.line(line);
    await soon(place).toBe(`${reached - 1} of ${film.frames.length}`);

    await press('f');
    await soon(place).toBe(`${film.frames.length} of ${film.frames.length}`);
    await soon(() => page.locator('.reason').textContent()).toBe(film.frames.at(-1)?.says);
    server.state('ended', 'stagedoor run, process 4242');
    await page.getByText('The process has ended: stagedoor run, process 4242').waitFor();
  });

  test('the steps of a live run are those of its journal', async () => {
    const server = await serveViewer({ journal: null, live: true });
    const { page, press } = await openViewer('', { origin: server.origin });
    for (const line of recordedLines) server.line(line);
    await soon(() => page.locator('.count').textContent()).toContain(`/ ${film.frames.length}`);
    await press('Home');
    for (const [at, { says }] of film.frames.entries()) {
      await soon(() => page.locator('.reason').textContent(), `step ${at + 1}`).toBe(says);
      await press('j');
    }
  });

  test('a connection that breaks is made again, and nothing is shown twice', async () => {
    const server = await serveViewer({ journal: null, live: true });
    server.state('connected', null);
    for (const line of recordedLines.slice(0, half)) server.line(line);
    const { page } = await openViewer('', { origin: server.origin });
    const count = page.locator('.count');
    await page.getByText('Connected').waitFor();
    const before = await count.textContent();
    const again = page.waitForRequest(/live$/);
    server.hangUp();
    await again;
    await page.getByText('Connected').waitFor();
    await soon(() => count.textContent()).toBe(before);
    expect(await page.locator('.problems').count()).toBe(0);
    for (const line of recordedLines.slice(half)) server.line(line);
    await soon(() => count.textContent()).toContain(`${film.frames.length} / ${film.frames.length}`);
  });

  test('a server that answers nonsense, or tells nonsense, leaves a page that works', async () => {
    const server = await serveViewer(['nonsense', { journal: { files: [{ name: 7 }] } }]);
    const { page } = await openViewer('', { origin: server.origin });
    await page.getByRole('heading', { level: 1, name: 'Edge cases, step by step' }).waitFor();
    const second = await serveViewer({ journal: { files: [{ name: 7 }, null] }, live: true });
    const other = await openViewer('', { origin: second.origin });
    second.state('dancing', null);
    second.line('garbage');
    second.line(recordedLines[0] ?? '');
    await other.page.getByText('line 1 is not JSON and is left out').waitFor();
    expect(await other.page.locator('.row').count()).toBe(1);
  });
});
