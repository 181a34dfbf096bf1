import type { Locator } from 'playwright-core';
import type { UiState } from '#src/electron/bridge.js';
import { soon } from '../../viewer/support/browser.ts';
import { type AppWindow, openWindow, type WindowOptions } from './window.ts';

/** As an app has it: colours of the system, own margins, nothing for the banner. */
const style = `
:root { color-scheme: light dark; font: 16px/1.5 sans-serif; background: Canvas; color: CanvasText; }
body { margin: 1rem; }
`;

export type BannerWindow = AppWindow & {
  readonly banner: Locator;
  readonly box: Locator;
  /** The lines that are visible, without the marks that isolate directions. */
  readonly text: () => Promise<string>;
  /** Tells a state that is newer than all before, and waits until the banner is about it. */
  readonly show: (state: UiState, kind?: string) => Promise<void>;
  readonly button: (name: string) => Locator;
};

/** A window with a banner, over the shipped preload. */
export const openBanner = async (options: WindowOptions = {}): Promise<BannerWindow> => {
  const window = await openWindow({ script: 'pages/banner.ts', style, ...options });
  const banner = window.page.locator('stagedoor-banner');
  const box = banner.locator('[part~=banner]');
  let seq = 0;
  return {
    ...window,
    banner,
    box,
    text: async () => {
      const lines = await banner.locator('[part=content] p:not([hidden])').allTextContents();
      return lines.join('\n').replaceAll(/[\u2068\u2069]/g, '');
    },
    show: async (state, kind) => {
      seq += 1;
      await window.main.tell({ ...state, seq });
      if (kind !== undefined) await soon(() => box.getAttribute('data-kind')).toBe(kind);
    },
    button: name => banner.getByRole('button', { name, exact: true }),
  };
};
