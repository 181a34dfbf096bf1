import { app, BrowserWindow, ipcMain, net, powerMonitor, session, utilityProcess } from 'electron';
import { attachStagedoor, preloadPath } from 'stagedoor/electron';

const stagedoor = attachStagedoor({
  ...{ app, BrowserWindow, ipcMain, net, powerMonitor, session, utilityProcess },
  package: 'my-runtime', // the npm package that is the runtime; one version lies in resources/runtime
  natives: [{ name: 'node-pty' }], // from app.asar.unpacked, or from the bundled runtime
  probe: 'ipc', // the runtime says when it is ready
  onOutgrown: ({ needs }) => console.log(`a newer runtime needs ${needs}`), // the place for electron-updater
});

app.on('window-all-closed', () => app.quit()); // the runtime is ended before the app quits
void app.whenReady().then(async () => {
  const window = new BrowserWindow({ webPreferences: { preload: preloadPath } }); // sandboxed, isolated
  void window.loadFile('index.html'); // with <stagedoor-banner>
  const launch = await stagedoor.start();
  console.log(`the runtime is ${launch.outcome}`);
});
