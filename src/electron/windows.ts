import type { BrowserWindow, Event, WebContents } from 'electron';
import { channels, type UiState } from './bridge.ts';
import type { ElectronParts } from './parts.ts';
import { type IsOwnPage, isOwnFrame } from './trust.ts';

type Parts = Pick<ElectronParts, 'app' | 'BrowserWindow'>;

/**
 * Tells every page of the app, in windows and views, those opened later included (L-09). A page that loads anew is told
 * where things stand; a page that is not the app's own is told nothing. `opened` hears of each window.
 */
export const tellWindows = (
  { app, BrowserWindow }: Parts,
  isOwnPage: IsOwnPage,
  state: () => UiState,
  opened: (window: BrowserWindow) => void,
): { readonly tell: () => void; readonly end: () => void } => {
  const known = new Map<WebContents, () => void>();
  const send = (contents: WebContents): void => {
    if (contents.isDestroyed() || !isOwnFrame(isOwnPage, contents.mainFrame)) return;
    contents.send(channels.state, state());
  };
  const add = (contents: WebContents): void => {
    if (known.has(contents)) return;
    const loaded = (): void => send(contents);
    const gone = (): void => void known.delete(contents);
    contents.on('did-finish-load', loaded);
    contents.once('destroyed', gone);
    known.set(contents, () => {
      contents.off('did-finish-load', loaded);
      contents.off('destroyed', gone);
    });
  };
  const added = (_: Event, contents: WebContents): void => add(contents);
  const created = (_: Event, window: BrowserWindow): void => opened(window);
  app.on('web-contents-created', added);
  app.on('browser-window-created', created);
  for (const window of BrowserWindow.getAllWindows()) {
    add(window.webContents);
    opened(window);
    send(window.webContents);
  }
  return {
    tell: () => {
      for (const contents of known.keys()) send(contents);
    },
    end: () => {
      app.off('web-contents-created', added);
      app.off('browser-window-created', created);
      for (const leave of known.values()) leave();
      known.clear();
    },
  };
};
