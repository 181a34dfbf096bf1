import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { violations } from './support/axe.ts';
import { describeAtLength, fromDisk, openViewer } from './support/browser.ts';
import { journalFile, recorded, recordedLines } from './support/journals.ts';
import { serveViewer } from './support/live-server.ts';

type View = { readonly hash: string; readonly arrange?: (page: Page) => Promise<void> };

const replay =
  (text: string) =>
  async (page: Page): Promise<void> => {
    await page.getByLabel('Open a journal').setInputFiles(journalFile(text));
    await page.locator('.bar').waitFor();
  };

const views: Readonly<Record<string, View>> = {
  'the contents': { hash: '#/storyboards' },
  'a storyboard': { hash: '#/storyboards/first-update/10' },
  'the supervisor chart': { hash: '#/charts/supervisor/supervisor.start' },
  'the launch chart': { hash: '#/charts/launch?look=launch.alive.probing' },
  'the update chart': { hash: '#/charts/update/update.stage%3Ahost' },
  'the invitation to open a journal': { hash: '#/journal/run-1/2' },
  'a journal': { hash: '#/journal', arrange: replay(recorded) },
  'a journal with problems': { hash: '#/journal', arrange: replay(`${recorded}garbage\n`) },
  'no journal': { hash: '#/journal', arrange: replay('nothing') },
  'the search': {
    hash: '#/storyboards',
    arrange: async page => {
      await page.getByRole('searchbox').fill('probe');
      await page.locator('.results a').first().waitFor();
    },
  },
  'the help': {
    hash: '#/storyboards',
    arrange: async page => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
};

/** A narrow window has the same parts in another order. */
const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 420],
  ['dark', 420],
] as const;

describeAtLength('axe finds no violation', () => {
  test.each(looks)('in any view, %s, %s pixels wide', async (colorScheme, width) => {
    const { page } = await openViewer('', { colorScheme, viewport: { width, height: 800 } });
    for (const [name, { hash, arrange }] of Object.entries(views)) {
      await page.goto(`${fromDisk}${hash}`);
      await page.reload();
      await arrange?.(page);
      expect(await violations(page), `${name}, ${colorScheme}`).toEqual([]);
    }
  });

  test.each(['light', 'dark'] as const)('in a live view, %s', async colorScheme => {
    const server = await serveViewer({ journal: null, live: true });
    server.state('connected', 'process 1');
    for (const line of recordedLines) server.line(line);
    const { page } = await openViewer('', { origin: server.origin, colorScheme });
    await page.locator('.row').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
