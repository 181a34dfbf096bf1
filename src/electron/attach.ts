import { createStagedoor } from '../create-stagedoor.ts';
import { launchSetup } from '../launching/setup.ts';
import { isManaged, stagedoorOptions } from './defaults.ts';
import { readRunAsNode } from './fuses.ts';
import { createHolds } from './holds.ts';
import { spawnInElectron } from './launch-kind.ts';
import type { AttachedStagedoor, AttachOptions } from './options.ts';
import { answerOrders } from './orders.ts';
import { watchConnection } from './power.ts';
import { stopBeforeQuit } from './quitting.ts';
import { ownPages } from './trust.ts';
import { uiStates } from './ui-state.ts';
import { tellWindows } from './windows.ts';

/** The host, as one of those who may want no checks. */
const host = {};

/**
 * `createStagedoor` in the main process of an Electron app: places and versions from the app, windows told and heard, checks
 * after sleep and on reconnect, the runtime ended before the app quits. Nothing runs and no disk is touched before the
 * first verb. Throws a `TypeError` for a caller's mistake.
 */
export const attachStagedoor = (options: AttachOptions): AttachedStagedoor => {
  const { app, ipcMain } = options;
  const given = stagedoorOptions(options);
  const { fs, layout } = launchSetup(given);
  const isOwnPage = ownPages(options.trustedOrigins, app.getAppPath());
  const spawn = options.spawn ?? spawnInElectron({ fs, layout }, options, readRunAsNode);
  const stagedoor = createStagedoor({ ...given, spawn });
  const managed = isManaged(options);

  const holds = createHolds(stagedoor, () => states.refresh());
  const connection = watchConnection(options, {
    wake: stagedoor.wake,
    changed: () => states.refresh(),
  });
  const states = uiStates(stagedoor, {
    managed,
    isOnline: connection.isOnline,
    isHeld: holds.any,
    storeRoot: layout.root,
  });
  const quitting = stopBeforeQuit(options, {
    ...stagedoor,
    isIdle: () => {
      const snapshot = stagedoor.actor.getSnapshot();
      const busy = snapshot.children.update?.getSnapshot().hasTag('busy') === true;
      return !busy && !snapshot.hasTag('busy') && typeof snapshot.value.runtime !== 'object';
    },
  });
  const windows = tellWindows(options, isOwnPage, states.get, quitting.watch);
  states.subscribe(windows.tell);
  const orders = { stagedoor, states, holds, isOwnPage, managed, storeRoot: layout.root };
  const deafen = answerOrders({ ipcMain }, orders);
  const unhook = stagedoor.on('update:outgrown', outgrown => options.onOutgrown?.(outgrown));

  return {
    ...stagedoor,
    hold: () => holds.hold(host),
    release: () => holds.release(host),
    uiState: states.get,
    detach: async () => {
      unhook();
      deafen();
      windows.end();
      quitting.end();
      connection.end();
      states.end();
      await stagedoor.stop();
    },
  };
};
