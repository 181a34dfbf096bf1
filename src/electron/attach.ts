import { homedir } from 'node:os';
import path from 'node:path';
import { createStagedoor } from '../create-stagedoor.ts';
import { launchSetup } from '../launching/setup.ts';
import type { StagedoorOptions } from '../options.ts';
import { isManaged, stagedoorOptions } from './defaults.ts';
import { readRunAsNode } from './fuses.ts';
import { createHolds } from './holds.ts';
import { spawnInElectron } from './launch-kind.ts';
import type { AttachedStagedoor, AttachOptions } from './options.ts';
import { answerOrders } from './orders.ts';
import { type Connection, watchConnection } from './power.ts';
import { stopBeforeQuit } from './quitting.ts';
import { ownPages } from './trust.ts';
import { uiStates } from './ui-state.ts';
import { uiText } from './ui-text.ts';
import { tellWindows } from './windows.ts';

/** Where the app lies, and what is its own: no page is to see any of it. */
const placesOf = ({ app, exec }: AttachOptions, { store, bundled }: StagedoorOptions) => [
  ...[store, bundled, exec, process.resourcesPath, app.getAppPath(), app.getPath('userData')],
  ...[process.execPath, path.dirname(process.execPath), homedir()],
];

/** The host, as one of those who may want no checks. */
const host = {};

/**
 * `createStagedoor` in the main process of an Electron app: places and versions from the app, windows told and heard, checks
 * after sleep and on reconnect, the runtime ended before the app quits. Nothing runs and no disk is touched before the
 * first verb. Throws a `TypeError` for a caller's mistake.
 */
export const attachStagedoor = (options: AttachOptions): AttachedStagedoor => {
  const { app } = options;
  const given = stagedoorOptions(options);
  const { fs, layout } = launchSetup(given);
  const isOwnPage = ownPages(options.trustedOrigins, app.getAppPath());
  const spawn = options.spawn ?? spawnInElectron({ fs, layout }, options, readRunAsNode);
  const stagedoor = createStagedoor({ ...given, spawn });
  const managed = isManaged(options);

  const holds = createHolds(stagedoor, () => states.refresh());
  let connection: Connection | null = null;
  const textOf = uiText(placesOf(options, given), layout.root);
  const states = uiStates(stagedoor, {
    managed,
    isOnline: () => connection?.isOnline() ?? true,
    isHeld: holds.any,
    textOf,
  });
  // First of all that is listened to: it throws where there is another attach, and then nothing else is left behind.
  const deafen = answerOrders(options, { stagedoor, states, holds, isOwnPage, managed, textOf });
  connection = watchConnection(options, {
    wake: stagedoor.wake,
    changed: () => states.refresh(),
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
  const unhook = stagedoor.on('update:outgrown', outgrown => options.onOutgrown?.(outgrown));
  let attached = true;
  const leave = (): void => {
    unhook();
    deafen();
    windows.end();
    quitting.end();
    connection?.end();
    states.end();
  };

  return {
    ...stagedoor,
    hold: () => holds.hold(host),
    release: () => holds.release(host),
    uiState: states.get,
    detach: async () => {
      if (attached) leave();
      attached = false;
      await stagedoor.stop();
    },
  };
};
