import type { BrowserWindowConstructorOptions, Session } from 'electron';
import type { ElectronParts } from '#src/electron/parts.js';
import { whole } from './agreement.ts';
import { type AppDouble, type AppFacts, createApp } from './app.ts';
import { createWindow, type WindowDouble, type WindowListeners } from './browser-window.ts';
import { anotherTurn } from './crossing.ts';
import { deferred } from './deferred.ts';
import type { DocumentDouble } from './document.ts';
import { plainEvent } from './event.ts';
import type { FrameDouble } from './frame.ts';
import { createIpc, type IpcDouble } from './ipc.ts';
import { createNetwork, type NetworkDouble } from './network.ts';
import { createPower, type PowerDouble } from './power.ts';
import { createUtilityProcess } from './utility-process.ts';
import { createView, type ViewDouble } from './view.ts';
import { createWindowList, type WindowModule, windowModule } from './window-list.ts';

export type DoubleFacts = AppFacts & {
  /** What `resolveProxy` answers, in the form of a PAC file; default `DIRECT`. */
  readonly proxy?: string;
  /** Custom schemes with origins; default `app`. */
  readonly standardSchemes?: ReadonlySet<string>;
  /** Called with each document that begins, before anything else happens in it, as a preload is. */
  readonly preload?: (document: DocumentDouble, frame: FrameDouble, window: WindowDouble) => void;
};

/** What a test may do to the shell, as its user, its pages and its system do. */
export type Levers = {
  /** Opens a window and loads a page in it. */
  readonly openWindow: (url: string, options?: BrowserWindowConstructorOptions) => Promise<WindowDouble>;
  /** Makes a view, in no window yet, and loads a page in it. */
  readonly openView: (url: string) => Promise<ViewDouble>;
  readonly windows: () => readonly WindowDouble[];
  /** The same quit as by the menu; resolves with the exit code when the app has ended. */
  readonly quitAsUser: () => Promise<number>;
  readonly ended: Promise<number>;
  readonly hasEnded: () => boolean;
  /** Windows logs off: no quit event at all, only the windows are told. */
  readonly logOff: () => void;
  readonly secondInstance: (argv?: readonly string[], additionalData?: unknown) => void;
  readonly becomeReady: AppDouble['becomeReady'];
} & Pick<PowerDouble, 'suspend' | 'resume' | 'shutDown'> &
  Pick<NetworkDouble, 'goOffline' | 'goOnline' | 'useProxy' | 'askedFor'> &
  Pick<IpcDouble, 'handled'>;

export type ElectronDouble = {
  /** Electron's modules, for `attachStagedoor`. */
  readonly parts: ElectronParts & { readonly app: AppDouble['app']; readonly BrowserWindow: WindowModule };
  readonly levers: Levers;
  /** Listeners and handlers that are there now, by module: what `detach` must take away again. */
  readonly listening: () => readonly string[];
};

const counter = (): (() => number) => {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
};

/** The main process of an installed shell: its modules, and the world outside them. */
export const electronDouble = (facts: DoubleFacts): ElectronDouble => {
  const ipc = createIpc();
  const network = createNetwork(facts.proxy);
  const power = createPower();
  const windows = createWindowList();
  const ending = deferred<number>();
  let over = false;
  const { app, quitting, tell, becomeReady, heard } = createApp(facts, windows, code => {
    over = true;
    ending.resolve(code);
  });
  const listeners: WindowListeners = {
    contentsCreated: ({ contents }) => tell('web-contents-created', plainEvent(), contents),
    created: window => {
      windows.add(window);
      tell('browser-window-created', plainEvent(), window.window);
    },
    documentStarted: (window, document, frame) => facts.preload?.(document, frame, window),
    closeCancelled: quitting.closeCancelled,
    closed: window => {
      windows.remove(window);
      if (windows.count() === 0) void quitting.allWindowsClosed();
    },
  };
  const setting = {
    world: { ipc, standardSchemes: facts.standardSchemes ?? new Set(['app']), nextId: counter() },
    session: whole<Session>(network.defaultSession),
    heard: listeners,
  };
  const create = (options?: BrowserWindowConstructorOptions): WindowDouble => {
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    return createWindow(setting, options);
  };
  return {
    parts: {
      app,
      BrowserWindow: windowModule(windows, create),
      ipcMain: ipc.ipcMain,
      powerMonitor: power.powerMonitor,
      net: network.net,
      session: { defaultSession: network.defaultSession },
      utilityProcess: createUtilityProcess(app.isReady),
    },
    levers: {
      openWindow: async (url, options) => {
        const window = create(options);
        await window.load(url);
        return window;
      },
      openView: async url => {
        const view = createView(setting);
        await view.load(url);
        return view;
      },
      windows: windows.all,
      quitAsUser: async () => {
        await anotherTurn();
        await quitting.quitAsUser();
        return ending.promise;
      },
      ended: ending.promise,
      hasEnded: () => over,
      logOff: () => {
        for (const { endSession } of windows.all()) endSession();
      },
      secondInstance: (argv = [], additionalData) =>
        void tell('second-instance', plainEvent(), [...argv], process.cwd(), additionalData),
      becomeReady,
      suspend: power.suspend,
      resume: power.resume,
      shutDown: power.shutDown,
      goOffline: network.goOffline,
      goOnline: network.goOnline,
      useProxy: network.useProxy,
      askedFor: network.askedFor,
      handled: ipc.handled,
    },
    listening: () => [
      ...heard().map(name => `app ${name}`),
      ...power.heard().map(name => `powerMonitor ${name}`),
      ...ipc.handled().map(channel => `ipcMain ${channel}`),
    ],
  };
};
