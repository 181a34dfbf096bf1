import type { BrowserWindowConstructorOptions, WebContents, BrowserWindow as Window } from 'electron';
import { agreeing } from './agreement.ts';
import type { WindowDouble } from './browser-window.ts';

/** `BrowserWindow` as a program has it: a class that makes windows and knows those that are open. */
export type WindowModule = Pick<
  typeof Window,
  'getAllWindows' | 'fromId' | 'fromWebContents' | 'getFocusedWindow'
> &
  (new (
    options?: BrowserWindowConstructorOptions,
  ) => Window);

/** The windows that are open, in the order of opening. */
export type WindowList = {
  readonly all: () => readonly WindowDouble[];
  readonly count: () => number;
  readonly add: (window: WindowDouble) => void;
  readonly remove: (window: WindowDouble) => void;
  readonly closeAll: () => void;
  readonly destroyAll: () => void;
};

export const createWindowList = (): WindowList => {
  const open = new Set<WindowDouble>();
  return {
    all: () => [...open],
    count: () => open.size,
    add: window => void open.add(window),
    remove: window => void open.delete(window),
    closeAll: () => {
      for (const { window } of [...open]) window.close();
    },
    destroyAll: () => {
      for (const { destroy } of [...open]) destroy();
    },
  };
};

export const windowModule = (
  { all }: WindowList,
  create: (options?: BrowserWindowConstructorOptions) => WindowDouble,
): WindowModule => {
  const real = (): Window[] => all().map(({ window }) => window);
  const found = (fits: (window: Window) => boolean): Window | null => real().find(fits) ?? null;
  const BrowserWindow = function BrowserWindow(options?: BrowserWindowConstructorOptions): Window {
    return create(options).window;
  };
  const members = agreeing<typeof Window>()({
    getAllWindows: real,
    fromId: (id: number) => found(window => window.id === id),
    fromWebContents: (contents: WebContents) => found(window => window.webContents === contents),
    getFocusedWindow: () => real().at(-1) ?? null,
  });
  // `new` takes what a function gives back where that is an object.
  return Object.assign(BrowserWindow, members) as unknown as WindowModule;
};
