import type { BrowserWindow, Event } from 'electron';
import type { Stagedoor } from '../stagedoor.ts';
import type { ElectronParts } from './parts.ts';

/** A runtime is given 5 s to end and is gone 2 s later (P-31); whatever else hangs must not keep the app from quitting. */
const deadlineMs = 8000;

type Parts = Pick<ElectronParts, 'app' | 'powerMonitor'>;
type Ending = Pick<Stagedoor, 'cancel' | 'signal' | 'stop'> & {
  /** Does something run that has to be ended first? */
  readonly isIdle: () => boolean;
};

/** False where it took too long, or failed: either way there is nothing left that a quit could wait for. */
const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([
      work.then(
        () => true,
        () => false,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Ends the runtime before the app quits. `before-quit` may still be taken back by a window, so it only abandons a download;
 * `will-quit` comes when all windows are closed. Where the session ends, Windows sends neither, and nothing can be delayed:
 * the runtime is told at once, and what is not written then is found by the next start.
 */
export const stopBeforeQuit = (
  { app, powerMonitor }: Parts,
  stagedoor: Ending,
): { readonly watch: (window: BrowserWindow) => void; readonly end: () => void } => {
  let over: Promise<void> | null = null;
  let gaveUp = false;
  let quitsAgain = false;

  const stop = async (): Promise<void> => {
    gaveUp = !(await within(deadlineMs, stagedoor.stop()));
    if (gaveUp) stagedoor.signal('SIGKILL');
    // A shutdown may be called off: what is started afterwards is ended by the next quit.
    over = null;
  };
  const quitAnew = (): void => {
    quitsAgain = false;
    app.quit();
  };
  const beforeQuit = (): void => stagedoor.cancel();
  const willQuit = (event: Event): void => {
    if (gaveUp || (over === null && stagedoor.isIdle())) return;
    event.preventDefault();
    over ??= stop();
    if (quitsAgain) return;
    quitsAgain = true;
    // A quit is only begun anew when nothing is left to wait for, and in a turn of its own: Electron ignores one that is
    // begun in a microtask of `will-quit`.
    void over.then(() => setImmediate(quitAnew));
  };
  const sessionEnds = (): void => {
    over ??= stop();
  };

  app.on('before-quit', beforeQuit);
  app.on('will-quit', willQuit);
  powerMonitor.on('shutdown', sessionEnds);
  const watched = new Map<BrowserWindow, () => void>();
  return {
    watch: window => {
      const closed = (): void => void watched.delete(window);
      window.on('session-end', sessionEnds);
      window.once('closed', closed);
      watched.set(window, () => {
        window.off('session-end', sessionEnds);
        window.off('closed', closed);
      });
    },
    end: () => {
      app.off('before-quit', beforeQuit);
      app.off('will-quit', willQuit);
      powerMonitor.off('shutdown', sessionEnds);
      for (const leave of watched.values()) leave();
      watched.clear();
    },
  };
};
