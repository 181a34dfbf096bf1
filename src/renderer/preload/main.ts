import { contextBridge, ipcRenderer } from 'electron';
import { exposedAs, type StagedoorBridge } from '../../electron/bridge.ts';
import { bridgeOver } from './bridge.ts';
import { crossing } from './crossing.ts';

// Without isolation a page could change what this file is made of.
if (!process.contextIsolated)
  throw new Error(
    'stagedoor/preload: webPreferences.contextIsolation must be true, got false; nothing is exposed',
  );

/** For an app's own preload that bundles this one. Its errors are whole: `TypeError`s, and failures with a `code`. */
export const stagedoor: StagedoorBridge = bridgeOver(ipcRenderer);

contextBridge.exposeInMainWorld(exposedAs, crossing(stagedoor));
