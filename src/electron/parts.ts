import type { App, BrowserWindow, IpcMain, Net, PowerMonitor, Session, utilityProcess } from 'electron';

/**
 * The modules of Electron's main process that are used, and of each only what is used. Electron's own types are the
 * contract: whoever passes a double is held to the same.
 */
export type ElectronParts = {
  readonly app: Pick<
    App,
    | 'isPackaged'
    | 'isReady'
    | 'whenReady'
    | 'getAppPath'
    | 'getName'
    | 'getPath'
    | 'getVersion'
    | 'on'
    | 'off'
    | 'quit'
  >;
  readonly BrowserWindow: Pick<typeof BrowserWindow, 'getAllWindows'>;
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  readonly powerMonitor: Pick<PowerMonitor, 'on' | 'off'>;
  readonly net: Pick<Net, 'isOnline'>;
  /** Asked for the proxy of the registry. Without it, npm's own configuration decides alone. */
  readonly session?: { readonly defaultSession: Pick<Session, 'resolveProxy'> } | undefined;
  /** How the runtime runs where the fuse `runAsNode` is off. */
  readonly utilityProcess?: Pick<typeof utilityProcess, 'fork'> | undefined;
};
