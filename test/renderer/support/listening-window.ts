import type { StagedoorBridge } from '#src/electron/bridge.js';
import { soon } from '../../viewer/support/browser.ts';
import { type AppWindow, openWindow } from './window.ts';

declare global {
  interface Window {
    /** Where listeners of a page put what they are told. */
    told: unknown[];
    detach: (() => void)[];
  }
}

/** In the page. */
declare const stagedoor: StagedoorBridge;

export type ListeningWindow = AppWindow & {
  /** What the page was told since this was last asked, as names and events. */
  readonly told: () => Promise<readonly (readonly [string, unknown])[]>;
};

/** A window whose page notes everything it is told. It has been told the first state. */
export const openListening = async (): Promise<ListeningWindow> => {
  const opened = await openWindow();
  const { page } = opened;
  await page.evaluate(() => {
    window.told = [];
    for (const name of ['state', 'update-staged', 'rolled-back'] as const)
      stagedoor.on(name, event => window.told.push([name, event]));
  });
  await soon(() => page.evaluate(() => window.told.length)).toBe(1);
  const told = () => page.evaluate(() => window.told.splice(0) as [string, unknown][]);
  await told();
  return { ...opened, told };
};
