import { EventEmitter } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  BrowserWindowConstructorOptions,
  LoadFileOptions,
  LoadURLOptions,
  Menu,
  Session,
  BrowserWindow as Window,
} from 'electron';
import { standIn, whole } from './agreement.ts';
import { anotherTurn } from './crossing.ts';
import type { DocumentDouble } from './document.ts';
import { preventable } from './event.ts';
import type { FrameDouble, FrameWorld } from './frame.ts';
import { teller, type WindowPayloads } from './payloads.ts';
import { type ContentsDouble, createContents, destroyedGuard } from './web-contents.ts';

export type WindowDouble = {
  readonly window: Window;
  readonly frame: FrameDouble;
  /** The file that was named in `webPreferences`. */
  readonly preload: string | undefined;
  readonly load: (url: string) => Promise<void>;
  readonly crash: ContentsDouble['crash'];
  /** The page's `beforeunload` keeps the window open. */
  readonly refuseUnload: (refuses: boolean) => void;
  /** Closes without asking. */
  readonly destroy: () => void;
  /** The user logs off or the machine shuts down: the only news of it on Windows. */
  readonly endSession: () => void;
};

/** What the rest of the shell hears of a window. */
export type WindowListeners = {
  readonly contentsCreated: (contents: ContentsDouble) => void;
  readonly created: (window: WindowDouble) => void;
  readonly documentStarted: (window: WindowDouble, document: DocumentDouble, frame: FrameDouble) => void;
  readonly closeCancelled: () => void;
  readonly closed: (window: WindowDouble) => void;
};

type State = {
  gone: boolean;
  closing: boolean;
  refuses: boolean;
  visible: boolean;
  minimized: boolean;
  title: string;
};

type Setting = { readonly world: FrameWorld; readonly session: Session; readonly heard: WindowListeners };

export const createWindow = (
  { world, session, heard }: Setting,
  { title = '', show = true, webPreferences = {} }: BrowserWindowConstructorOptions = {},
): WindowDouble => {
  const emitter = new EventEmitter();
  const tell = teller<WindowPayloads>(emitter);
  const state: State = {
    gone: false,
    closing: false,
    refuses: false,
    visible: show,
    minimized: false,
    title,
  };
  const page = createContents(world, session, (document, frame) =>
    heard.documentStarted(self, document, frame),
  );
  const load = async (url: string): Promise<void> => {
    await page.load(url);
    if (!state.gone) tell('ready-to-show');
  };
  const destroy = (): void => {
    if (state.gone) return;
    state.gone = true;
    tell('closed');
    page.destroy();
    heard.closed(self);
  };
  const close = async (): Promise<void> => {
    if (state.closing || state.gone) return;
    state.closing = true;
    await anotherTurn();
    const event = preventable({});
    tell('close', event);
    state.closing = false;
    // "It's emitted before the `beforeunload` and `unload` event of the DOM."
    if (event.defaultPrevented || state.refuses) heard.closeCancelled();
    else destroy();
  };
  const window = whole<Window>(
    standIn<Window>()(
      { name: 'BrowserWindow', gone: destroyedGuard(() => state.gone) },
      {
        id: world.nextId(),
        webContents: page.contents,
        isDestroyed: () => state.gone,
        close: (): void => void close(),
        destroy,
        loadURL: (url: string, _options?: LoadURLOptions): Promise<void> => load(url),
        loadFile: (filePath: string, _options?: LoadFileOptions): Promise<void> =>
          load(pathToFileURL(path.resolve(filePath)).href),
        show: () => {
          state.visible = true;
        },
        hide: () => {
          state.visible = false;
        },
        focus: (): void => undefined,
        isVisible: () => state.visible,
        isMinimized: () => state.minimized,
        restore: () => {
          state.minimized = false;
        },
        getTitle: () => state.title,
        setTitle: (to: string) => {
          state.title = to;
        },
        setMenu: (_menu: Menu | null): void => undefined,
        setMenuBarVisibility: (_visible: boolean): void => undefined,
      },
      emitter,
    ),
  );
  const self: WindowDouble = {
    window,
    frame: page.frame,
    preload: webPreferences.preload,
    load,
    crash: page.crash,
    refuseUnload: refuses => {
      state.refuses = refuses;
    },
    destroy,
    endSession: () => {
      tell('query-session-end', preventable({ reasons: ['logoff' as const] }));
      tell('session-end', preventable({ reasons: ['logoff' as const] }));
    },
  };
  heard.contentsCreated(page);
  heard.created(self);
  return self;
};
