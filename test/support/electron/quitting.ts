import { microtaskCheckpoint } from './crossing.ts';
import { preventable } from './event.ts';
import type { AppPayloads } from './payloads.ts';

type Tell = <Name extends keyof AppPayloads & string>(name: Name, ...payload: AppPayloads[Name]) => boolean;

export type Windows = {
  readonly count: () => number;
  readonly closeAll: () => void;
  readonly destroyAll: () => void;
};

/** How an app ends, in the order of Electron's `Browser::Quit` and of the documentation of its events. */
export type Quitting = {
  /** `app.quit()`. */
  readonly quit: () => void;
  /** `app.exit()`: "All windows will be closed immediately without asking the user", and nobody is asked. */
  readonly exit: (code: number) => void;
  /** The menu, the dock, Cmd+Q: begins in native code. */
  readonly quitAsUser: () => Promise<void>;
  readonly allWindowsClosed: () => Promise<void>;
  /** A window stays: the quit is cancelled. */
  readonly closeCancelled: () => void;
};

export const createQuitting = (tell: Tell, windows: Windows, ended: (code: number) => void): Quitting => {
  let quitting = false;
  let exiting = false;
  let over = false;
  const end = (code: number): void => {
    if (over) return;
    over = true;
    quitting = true;
    tell('quit', preventable({}), code);
    ended(code);
  };
  /** From native code microtasks run before it is looked at whether the event was prevented, or what it changes. */
  const willQuit = async (native: boolean): Promise<void> => {
    if (over) return;
    const event = preventable({});
    tell('will-quit', event);
    if (native) await microtaskCheckpoint();
    if (event.defaultPrevented) quitting = false;
    else end(0);
  };
  const proceed = (native: boolean): void => {
    if (windows.count() === 0) void willQuit(native);
    else windows.closeAll();
  };
  const quit = (): void => {
    if (quitting) return;
    const event = preventable({});
    tell('before-quit', event);
    quitting = !event.defaultPrevented;
    if (quitting) proceed(false);
  };
  return {
    quit,
    quitAsUser: async () => {
      if (quitting) return;
      const event = preventable({});
      tell('before-quit', event);
      await microtaskCheckpoint();
      // What an `app.quit()` within those microtasks has decided is overwritten here, as in Electron.
      quitting = !event.defaultPrevented;
      if (quitting) proceed(true);
    },
    exit: code => {
      exiting = true;
      windows.destroyAll();
      end(code);
    },
    allWindowsClosed: async () => {
      if (exiting || over) return;
      if (quitting) await willQuit(true);
      // "If you do not subscribe to this event and all windows are closed, the default behavior is to quit the app."
      else if (!tell('window-all-closed')) quit();
    },
    closeCancelled: () => {
      quitting = false;
    },
  };
};
