import { app, BrowserWindow, ipcMain, net, powerMonitor, session, utilityProcess } from 'electron';
import { attachStagedoor } from 'stagedoor/electron';
import { appOrigin, declareAppOrigin, serveApp } from './app-origin.ts';
import { freePort } from './free-port.ts';
import { guardContents } from './guards.ts';
import { showMainWindow } from './main-window.ts';
import { offerShellUpdate } from './shell-updates.ts';

declareAppOrigin();
const port = await freePort();

const stagedoor = attachStagedoor({
  ...{ app, BrowserWindow, ipcMain, net, powerMonitor, session, utilityProcess },
  package: 'stagedoor-example-runtime',
  probe: 'ipc',
  args: ['--port', String(port)],
  trustedOrigins: [appOrigin],
  onOutgrown: outgrown => void offerShellUpdate(stagedoor, outgrown),
});

const start = async (): Promise<void> => {
  guardContents();
  serveApp(`http://127.0.0.1:${port}/`);
  showMainWindow();
  const launch = await stagedoor.start();
  if (launch.outcome !== 'running') console.error(`the runtime is ${launch.outcome}`);
};

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', showMainWindow);
  app.on('activate', showMainWindow);
  app.on('window-all-closed', () => app.quit());
  // Electron is ready only when this file has been read to its end: waiting for it here would be for ever.
  void app.whenReady().then(start);
} else {
  app.quit();
}
