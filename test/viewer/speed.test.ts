import { statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeAtLength, openViewer, soon, viewerFile } from './support/browser.ts';
import { journalFile, longJournal } from './support/journals.ts';
import { serveViewer } from './support/live-server.ts';

const most = { bytes: 1_500_000, loadMs: 1_000, interactionMs: 100 } as const;
const lines = 10_000;
const turns = 9;

/** What a user does, as the page sees it; `turn` counts from 0. Runs in the page. */
type Act = (turn: number) => void;

const acts: Readonly<Record<string, Act>> = {
  'next step (j)': () =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true })),
  'first or last step': turn =>
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: turn % 2 === 0 ? 'End' : 'Home', bubbles: true }),
    ),
  'slider to another time': turn => {
    const slider = document.querySelector<HTMLInputElement>('input[type=range]');
    if (slider === null) throw new Error('there is no slider');
    slider.value = String((Number(slider.max) * ((turn * 37) % 100)) / 100);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  },
  'scrolling the steps': turn => document.querySelector('.steps')?.scrollTo(0, ((turn * 37) % 100) * 4000),
  'a click on a step': turn => document.querySelectorAll<HTMLElement>('.row')[turn]?.click(),
  'another chart': turn => document.querySelectorAll<HTMLElement>('.tabs button')[turn % 3]?.click(),
  'zooming the picture': turn =>
    document.querySelectorAll<HTMLElement>('.zoom button')[turn % 2 === 0 ? 0 : 2]?.click(),
  'time or steps on the slider': () =>
    document.querySelector<HTMLElement>('.timeline > button[aria-pressed]')?.click(),
  'typing in the search': turn => {
    const box = document.querySelector<HTMLInputElement>('input[type=search]');
    if (box === null) throw new Error('there is no search');
    box.value = 'runtime exited'.slice(0, turn + 2);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  },
};

/** From what a user does to the picture that shows it, in milliseconds. Fails where nothing has changed. */
const measured = (page: Page, act: Act): Promise<number[]> =>
  page.evaluate(
    async ({ source, count }) => {
      const run = new Function('turn', `(${source})(turn)`) as Act;
      const shown = (): Promise<number> =>
        new Promise(resolve => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(performance.now());
            port2.postMessage(null);
          });
        });
      const times: number[] = [];
      let changes = 0;
      const observer = new MutationObserver(records => {
        changes += records.length;
      });
      observer.observe(document.body, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
      for (let turn = 0; turn < count; turn += 1) {
        await shown();
        const begun = performance.now();
        run(turn);
        times.push((await shown()) - begun);
      }
      observer.disconnect();
      if (changes < count) throw new Error(`${source} changes nothing`);
      return times;
    },
    { source: String(act), count: turns },
  );

/** The longest task from now on, or after the first event of that name; 0: none took 50 ms. */
const longestTask = async (page: Page, after?: string): Promise<() => Promise<number>> => {
  const seen = await page.evaluateHandle(name => {
    const noted = { from: name === undefined ? 0 : Number.POSITIVE_INFINITY, ms: 0 };
    if (name !== undefined)
      addEventListener(
        name,
        () => {
          noted.from = performance.now();
        },
        { capture: true },
      );
    new PerformanceObserver(list => {
      for (const { startTime, duration } of list.getEntries())
        if (startTime >= noted.from) noted.ms = Math.max(noted.ms, duration);
    }).observe({ type: 'longtask' });
    return noted;
  }, after);
  return async () => (await seen.jsonValue()).ms;
};

const tasksText = (ms: number): string =>
  ms === 0 ? 'no task of 50 ms' : `longest task ${Math.round(ms)} ms`;

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** The best of some measurements, the first one that is good enough: what the machine does meanwhile only ever adds to a time. */
const best = async (enough: number, measure: () => Promise<number>): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 20 && least > enough; turn += 1) least = Math.min(least, await measure());
  return least;
};

describeAtLength('the viewer is quick', () => {
  test(`P-39: a journal of ${lines} lines: no interaction takes longer than ${most.interactionMs} ms`, async () => {
    const { page } = await openViewer('#/journal', { bypassCSP: true });
    const text = longJournal(lines);
    const task = await best(most.interactionMs, async () => {
      await page.reload();
      const longest = await longestTask(page, 'change');
      await page.getByLabel('Open a journal').setInputFiles(journalFile(text));
      await page.locator('.row').first().waitFor();
      return longest();
    });
    const figures: Record<string, number> = {};
    for (const [name, act] of Object.entries(acts))
      figures[name] = await best(most.interactionMs, async () => median(await measured(page, act)));
    console.log(
      `${lines} lines opened: ${tasksText(task)}; medians of ${turns} in ms: ${Object.entries(figures)
        .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
        .join(', ')}`,
    );
    expect(await page.locator('.row').count()).toBeLessThan(100);
    expect(task).toBeLessThanOrEqual(most.interactionMs);
    for (const [name, ms] of Object.entries(figures))
      expect(ms, name).toBeLessThanOrEqual(most.interactionMs);
  });

  test('P-39: a live run of as many lines is followed line by line without a stutter', async () => {
    const server = await serveViewer({ journal: null, live: true });
    const all = longJournal(lines).split('\n');
    for (const line of all.slice(0, -turns)) server.line(line);
    const { page } = await openViewer('', { origin: server.origin });
    const reached = (): Promise<string | null> => page.getByRole('slider').getAttribute('aria-valuetext');
    await soon(reached).toMatch(/^step (\d+) of \1,/);
    let told = 0;
    const ms = await best(most.interactionMs, async () => {
      const longest = await longestTask(page);
      for (const line of all.slice(-turns)) server.line(line);
      told += 1;
      server.line(
        JSON.stringify({ schema: 1, run: 'other', pid: 1, seq: told, event: `round ${told} is over` }),
      );
      await page.getByText(`round ${told} is over`).first().waitFor();
      return longest();
    });
    console.log(`${turns} lines more after ${lines}: ${tasksText(ms)}`);
    expect(ms).toBeLessThanOrEqual(most.interactionMs);
  });

  test(`P-39: the page has at most ${most.bytes} bytes and is there within ${most.loadMs} ms from disk`, async () => {
    const { size } = statSync(viewerFile);
    const times: number[] = [];
    const least = await best(most.loadMs, async () => {
      const { page } = await openViewer('#/storyboards/first-update/20');
      await page.locator('.canvas .state.active').first().waitFor();
      const time = await page.evaluate(() => {
        const [navigation] = performance.getEntriesByType('navigation');
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        return Math.max(navigation?.duration ?? 0, paint?.startTime ?? 0);
      });
      times.push(time);
      return time;
    });
    console.log(`viewer.html: ${size} bytes, loaded and painted in ${times.map(Math.round).join(', ')} ms`);
    expect(size).toBeLessThanOrEqual(most.bytes);
    expect(least).toBeLessThan(most.loadMs);
  });
});
