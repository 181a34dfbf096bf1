import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { expect, onTestFinished } from 'vitest';
import type { FlowApp, FlowDriver } from './flow.ts';

/** Where npm has put the binary; asking the package itself would download one. */
const installed = (): string | undefined => {
  const folder = path.dirname(fileURLToPath(import.meta.resolve('electron/package.json')));
  const named = path.join(folder, 'path.txt');
  return existsSync(named) ? path.join(folder, 'dist', readFileSync(named, 'utf8').trim()) : undefined;
};

/** The real thing, if there is one: what `STAGEDOOR_ELECTRON` names, or the one of the package. */
export const electronBinary = [process.env.STAGEDOOR_ELECTRON, installed()].find(
  place => place !== undefined && existsSync(place),
);

/** A page with the banner, in one file, as an app would have it. */
export const bannerPage = async (): Promise<string> => {
  const input = fileURLToPath(new URL('../../../dist/src/renderer/banner.js', import.meta.url));
  const bundle = await rolldown({ input, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', name: 'banner', codeSplitting: false });
  await bundle.close();
  const script = output[0].code.replaceAll('</script', '<\\/script');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An app</title>
<stagedoor-banner></stagedoor-banner>
<main><h1>An app</h1></main>
<script>${script}</script>
</html>
`;
};

/** A root's Chromium runs without a sandbox only. */
export const sandbox: readonly string[] = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** With `ELECTRON_RUN_AS_NODE` it would be no app at all. */
export const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE',
    ),
  );

const launch = async ({ dir, env }: FlowApp): Promise<ElectronApplication> => {
  const app = await _electron.launch({
    ...(electronBinary === undefined ? {} : { executablePath: electronBinary }),
    args: [...sandbox, dir],
    env: { ...inherited(), ...env },
  });
  onTestFinished(() => app.close());
  return app;
};

/** In the page: the one thing that the preload has exposed. */
const callIn = (page: Page, verb: string, args: readonly unknown[]): Promise<unknown> =>
  page.evaluate(
    ([name, given]) => {
      const bridge: unknown = Reflect.get(globalThis, 'stagedoor');
      if (typeof bridge !== 'object' || bridge === null) throw new Error('nothing is exposed');
      const method: unknown = Reflect.get(bridge, name);
      if (typeof method !== 'function') throw new Error(`${name} is not exposed`);
      return Reflect.apply(method, bridge, [...given]) as unknown;
    },
    [verb, args] as const,
  );

/** The app as its user has it, in Electron itself. */
export const startReal = async (flow: FlowApp): Promise<FlowDriver> => {
  const app = await launch(flow);
  const page = await app.firstWindow();
  await page.waitForFunction(() => Reflect.has(globalThis, 'stagedoor'));
  return {
    call: (verb, ...args) => callIn(page, verb, args),
    rollbackShown: async () => {
      const banner = page.locator('stagedoor-banner').getByText('did not work');
      await expect.poll(() => banner.isVisible(), { interval: 50, timeout: 15_000 }).toBe(true);
      return (await banner.textContent()) ?? '';
    },
    quit: async () => {
      const closed = app.waitForEvent('close');
      // In a turn of its own, so that the answer is not lost with the process.
      await app.evaluate(({ app: main }) => {
        setImmediate(() => main.quit());
      });
      await closed;
    },
  };
};
