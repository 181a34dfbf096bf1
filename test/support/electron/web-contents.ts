import { EventEmitter } from 'node:events';
import type {
  HandlerDetails,
  LoadURLOptions,
  Session,
  WebContents,
  WebFrameMain,
  WindowOpenHandlerResponse,
} from 'electron';
import { standIn, whole } from './agreement.ts';
import { anotherTurn } from './crossing.ts';
import type { DocumentDouble } from './document.ts';
import { plainEvent } from './event.ts';
import { createFrame, type FrameDouble, type FrameWorld } from './frame.ts';
import { teller, type WebContentsPayloads } from './payloads.ts';

export type ContentsDouble = {
  readonly contents: WebContents;
  readonly frame: FrameDouble;
  /** Resolves when the page has finished loading. */
  readonly load: (url: string) => Promise<void>;
  readonly destroy: () => void;
  /** The renderer process dies: its documents are gone, the window stays. */
  readonly crash: () => void;
};

type WindowOpenHandler = (details: HandlerDetails) => WindowOpenHandlerResponse;

/** Answered of an object that is gone, too. */
const always = (member: PropertyKey): boolean =>
  member === 'isDestroyed' || member in EventEmitter.prototype || String(member).startsWith('_');

/** The error of every member of a native object whose other half is gone. */
export const destroyedGuard =
  (isGone: () => boolean) =>
  (member: PropertyKey): Error | null =>
    isGone() && !always(member) ? new TypeError('Object has been destroyed') : null;

export const createContents = (
  world: FrameWorld,
  session: Session,
  started: (document: DocumentDouble, frame: FrameDouble) => void,
): ContentsDouble => {
  const emitter = new EventEmitter();
  const tell = teller<WebContentsPayloads>(emitter);
  let gone = false;
  let loading = false;
  const frame: FrameDouble = createFrame(
    world,
    () => contents,
    document => started(document, frame),
  );
  const main = (): WebFrameMain => frame.document().frame;
  const load = async (url: string): Promise<void> => {
    loading = true;
    tell('did-start-loading');
    await anotherTurn();
    if (gone) throw new Error(`ERR_ABORTED (-3) loading '${url}'`);
    frame.navigate(url);
    tell('did-navigate', plainEvent(), url, -1, '');
    await anotherTurn();
    if (gone) return;
    loading = false;
    tell('dom-ready');
    tell('did-finish-load');
  };
  const contents = whole<WebContents>(
    standIn<WebContents>()(
      { name: 'webContents', gone: destroyedGuard(() => gone) },
      {
        id: world.nextId(),
        session,
        get mainFrame() {
          return main();
        },
        // "Send an asynchronous message to the renderer process": Electron hands it to the main frame, and prints what
        // can't be cloned in place of throwing it.
        send: (channel: string, ...args: unknown[]): void => {
          try {
            main().send(channel, ...args);
          } catch (error) {
            console.error('Error sending from webFrameMain: ', error);
          }
        },
        isDestroyed: () => gone,
        isLoading: () => loading,
        getURL: () => frame.document().url,
        loadURL: (url: string, _options?: LoadURLOptions): Promise<void> => load(url),
        // No page here opens a window.
        setWindowOpenHandler: (_handler: WindowOpenHandler): void => undefined,
      },
      emitter,
    ),
  );
  return {
    contents,
    frame,
    load,
    crash: () => {
      frame.crash();
      tell('render-process-gone', plainEvent(), { reason: 'crashed', exitCode: 5 });
    },
    destroy: () => {
      frame.remove();
      gone = true;
      tell('destroyed');
    },
  };
};
