import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { shared } from '../../viewer/support/browser.ts';
import { scriptOf } from './bundles.ts';
import { createMainProcess, type MainProcess } from './main-process.ts';
import { servePage } from './page-server.ts';

const shipped = readFileSync(new URL('../../../dist/preload.cjs', import.meta.url), 'utf8');
const world = 'preload';

export type WindowOptions = BrowserContextOptions & {
  /** Inside of `<main>`. */
  readonly body?: string;
  readonly lang?: string;
  readonly dir?: 'ltr' | 'rtl';
  readonly style?: string;
  /** A module for the page, relative to `support/`. */
  readonly script?: string;
  readonly contextIsolation?: boolean;
  /** The text of the preload; default: the shipped one. */
  readonly preload?: string;
};

/** A window of an app: a real page with the shipped preload in a world of its own, and a double of the main process. */
export type AppWindow = {
  readonly page: Page;
  readonly main: MainProcess;
  /** What the page's console complained of; a test that expects something takes it out. */
  readonly complaints: string[];
  /** Evaluates in the world of the preload. */
  readonly inPreload: (expression: string) => Promise<unknown>;
};

/** The scripts of the two worlds, before any of the page's own. */
const inject = async (cdp: CDPSession, preload: string, contextIsolation: boolean): Promise<void> => {
  const token = `const stagedoorTestToken = ${JSON.stringify(randomUUID())};`;
  const wrapped = `const stagedoorTestIsolated = ${contextIsolation};
    const stagedoorTestPreload = (require, process, exports, module) => {${preload}\n};`;
  const inOwnScope = (code: string): string => `{${code}\n}`;
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    source: inOwnScope(token + (await scriptOf('worlds/main-world.ts'))),
  });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    source: inOwnScope(token + wrapped + (await scriptOf('worlds/preload-world.ts'))),
    worldName: world,
  });
};

/** The world of the preload in the page that is there now. */
const watchWorld = (cdp: CDPSession) => {
  let id: number | null = null;
  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === world) id = context.id;
  });
  return async (expression: string): Promise<unknown> => {
    if (id === null) throw new Error('there is no world of the preload yet');
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      expression,
      contextId: id,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
};

const listenTo = (page: Page): string[] => {
  const complaints: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  return complaints;
};

const htmlOf = ({ body = '', lang = 'en', dir = 'ltr' }: WindowOptions): string => `<!doctype html>
<html lang="${lang}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>An app</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body><main><h1>An app</h1>${body}</main><script src="script.js"></script></body>
</html>`;

export const openWindow = async (options: WindowOptions = {}): Promise<AppWindow> => {
  const {
    body,
    lang,
    dir,
    style = '',
    script,
    contextIsolation = true,
    preload = shipped,
    ...contextOptions
  } = options;
  const context = await (await shared()).newContext({
    viewport: { width: 800, height: 400 },
    ...contextOptions,
  });
  const page = await context.newPage();
  const complaints = listenTo(page);
  const cdp = await context.newCDPSession(page);
  const inPreload = watchWorld(cdp);
  const { main, hear } = createMainProcess(async text => {
    await inPreload(`stagedoorTestHear(${JSON.stringify(text)})`);
  });
  cdp.on('Runtime.bindingCalled', ({ payload }) => {
    hear(payload).catch((error: unknown) => {
      if (!page.isClosed()) complaints.push(String(error));
    });
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await cdp.send('Page.enable');
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'stagedoorTestSend', executionContextName: world });
  await inject(cdp, preload, contextIsolation);
  await page.goto(
    await servePage({
      html: htmlOf(options),
      style,
      script: script === undefined ? '' : await scriptOf(script),
    }),
  );
  return { page, main, complaints, inPreload };
};
