import { BrowserWindow } from 'electron';
import { preloadPath } from 'stagedoor/electron';
import { appOrigin } from './app-origin.ts';

/** Shows the one window of the app, or opens it. */
export const showMainWindow = (): void => {
  const [open] = BrowserWindow.getAllWindows();
  if (open !== undefined) {
    if (open.isMinimized()) open.restore();
    open.focus();
    return;
  }
  const window = new BrowserWindow({
    width: 720,
    height: 420,
    webPreferences: { preload: preloadPath, sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  void window.loadURL(`${appOrigin}/`);
};
