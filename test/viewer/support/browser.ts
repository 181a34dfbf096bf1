import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished } from 'vitest';
import { isFull } from '../../support/proof/run.ts';

const places = [
  process.env.STAGEDOOR_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const executable = places.find(place => place !== undefined && existsSync(place));

if (executable === undefined) {
  console.log('skipped: no Chromium and no Chrome was found; STAGEDOOR_CHROMIUM may name one');
}

/** A suite only where a browser is installed. */
export const describeInBrowser = (name: string, suite: () => void): void => {
  describe.skipIf(executable === undefined)(name, suite);
};

/** A suite of a full run: a browser takes more time than all the rest of a short one can give it. */
export const describeAtLength = (name: string, suite: () => void): void => {
  if (!isFull) console.log(`skipped: ${name}: a full run`);
  describe.skipIf(executable === undefined || !isFull)(name, suite);
};

export const viewerFile = new URL('../../../dist/viewer.html', import.meta.url);
export const fromDisk = viewerFile.href;

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | null = null;

/** One browser a test file. */
export const shared = (): Promise<Browser> => {
  browser ??= chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: quiet,
  });
  return browser;
};

afterAll(async () => {
  await (await browser)?.close();
});

/** What is true before long: a page shows a change with its next picture, and a machine may be slow. */
export const soon = <T>(get: () => T | Promise<T>, message?: string): ReturnType<typeof expect.poll<T>> =>
  expect.poll(get, { interval: 10, timeout: 15_000, ...(message === undefined ? {} : { message }) });

export type Viewer = {
  readonly page: Page;
  /** The innermost states that are lit in the picture. */
  readonly lit: () => Promise<readonly string[]>;
  /** The fragment of the address. */
  readonly address: () => Promise<string>;
  readonly press: (...keys: readonly string[]) => Promise<void>;
};

/** What may be asked for: the page, and what the server of the page has for it. */
const isOwn = (url: string, origin: string): boolean =>
  url.startsWith('data:') ||
  url.split('#')[0] === origin ||
  /^http:\/\/127\.0\.0\.1:\d+\/(?:[\w-]{32}\/)?(?:given|live)?$/.test(url);

/** Opens the viewer. The test fails if the page complains on its console, or asks for anything but itself. */
export const openViewer = async (
  hash = '',
  { origin = fromDisk, ...options }: BrowserContextOptions & { readonly origin?: string } = {},
): Promise<Viewer> => {
  const context = await (await shared()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('request', request => asked.push(request.url()));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
    expect(asked.filter(url => !isOwn(url, origin))).toEqual([]);
  });
  await page.goto(`${origin}${hash}`);
  await page.locator('main > *').first().waitFor();
  return {
    page,
    lit: () =>
      page.evaluate(() =>
        [...document.querySelectorAll('.canvas g.state.active')].map(
          element => element.getAttribute('data-state') ?? '',
        ),
      ),
    address: () => page.evaluate(() => location.hash),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
  };
};
