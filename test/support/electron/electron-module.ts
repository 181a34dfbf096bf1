/** What main programs on the double import as `electron`. `register.ts` has put the modules where this file finds them. */
import { type ElectronModules, modulesKey } from './electron-modules.ts';

const modules = Reflect.get(globalThis, modulesKey) as ElectronModules;

export const {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  contentTracing,
  crashReporter,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
  webContents,
} = modules;
export default modules;
