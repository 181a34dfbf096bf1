import type { AppUpdater } from 'electron-updater';
import type { AttachedStagedoor, Outgrown } from 'stagedoor/electron';

/** What is used of electron-updater. */
export type ShellUpdater = Pick<AppUpdater, 'checkForUpdates' | 'quitAndInstall'>;
export type Shell = {
  readonly updater: ShellUpdater;
  /** True: the user wants the new shell now, and the running work may end. */
  readonly ask: (version: string, outgrown: Outgrown) => Promise<boolean>;
};

/** Loaded when they are needed, and not before: most starts of the app never do. */
const realShell = async (): Promise<Shell> => {
  const { app, dialog } = await import('electron');
  const { default: electronUpdater } = await import('electron-updater');
  const ask: Shell['ask'] = async (version, outgrown) => {
    const { response } = await dialog.showMessageBox({
      type: 'info',
      message: `${app.getName()} ${version} is ready`,
      detail: `Version ${outgrown.version} of its runtime needs it. Installing it ends what is running.`,
      buttons: ['Install and restart', 'When I quit'],
      defaultId: 1,
      cancelId: 1,
    });
    return response === 0;
  };
  return { updater: electronUpdater.autoUpdater, ask };
};

const install = async (
  stagedoor: Pick<AttachedStagedoor, 'stop'>,
  outgrown: Outgrown,
  { updater, ask }: Shell,
): Promise<void> => {
  const found = await updater.checkForUpdates();
  if (found === null || !found.isUpdateAvailable) return;
  await found.downloadPromise;
  // Without the user's word it is installed when the app is quit; the runtime goes on until then.
  if (!(await ask(found.updateInfo.version, outgrown))) return;
  // An installer may replace files at once: the runtime has ended before it begins.
  await stagedoor.stop();
  updater.quitAndInstall();
};

/** For `onOutgrown`: the newest runtime needs a newer shell. Looks for one, and never restarts by itself. */
export const offerShellUpdate = async (
  stagedoor: Pick<AttachedStagedoor, 'stop'>,
  outgrown: Outgrown,
  shell: () => Promise<Shell> = realShell,
): Promise<void> => {
  try {
    await install(stagedoor, outgrown, await shell());
  } catch (error) {
    console.error('the shell could not be updated:', error instanceof Error ? error.message : error);
  }
};
