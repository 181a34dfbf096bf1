import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { WebFrameMain } from 'electron';
import { standIn, whole } from './agreement.ts';
import { anotherTurn, crossing } from './crossing.ts';

export type Message = { readonly channel: string; readonly args: readonly unknown[] };
type Listener = (...args: readonly unknown[]) => void;

/** One document in a frame, with the `ipcRenderer` of its preload. A navigation ends it for ever. */
export type DocumentDouble = {
  readonly url: string;
  readonly origin: string;
  /** As the main process sees it. */
  readonly frame: WebFrameMain;
  readonly isGone: () => boolean;
  /** Rejects with `Error invoking remote method …`; also sends from a document that is gone, as a late message does. */
  readonly invoke: (channel: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** Gives back what takes that listener off. */
  readonly on: (channel: string, listener: Listener) => () => void;
  /** Everything that has arrived here. */
  readonly received: readonly Message[];
};

/** The place of a document among the frames of its page. */
export type Place = {
  readonly name: string;
  readonly frameTreeNodeId: number;
  readonly parent: () => WebFrameMain | null;
  readonly top: () => WebFrameMain;
  readonly children: () => WebFrameMain[];
};

export type NewDocument = {
  readonly url: string;
  readonly origin: string;
  readonly place: Place;
  readonly processId: number;
  readonly routingId: number;
  readonly invoke: (document: DocumentDouble, channel: string, args: readonly unknown[]) => Promise<unknown>;
};

type Mutable = DocumentDouble & {
  /** Detached from the tree, or there without its renderer. */
  readonly end: (how: 'detached' | 'crashed') => void;
};

/** Answered of a frame that is gone, too. */
const answered: ReadonlySet<PropertyKey> = new Set(['isDestroyed', 'detached']);

const disposed = (): Error => new Error('Render frame was disposed before WebFrameMain could be accessed');

const subtree = (frame: WebFrameMain): WebFrameMain[] => [frame, ...frame.frames.flatMap(subtree)];

export const createDocument = ({
  url,
  origin,
  place,
  processId,
  routingId,
  invoke,
}: NewDocument): Mutable => {
  const received: Message[] = [];
  const page = new EventEmitter();
  let gone = false;
  let detached = false;
  const arrive = async (message: Message): Promise<void> => {
    await anotherTurn();
    if (gone) return;
    received.push(message);
    page.emit(message.channel, ...message.args);
  };
  const frame: WebFrameMain = whole<WebFrameMain>(
    standIn<WebFrameMain>()(
      { name: 'webFrameMain', gone: member => (gone && !answered.has(member) ? disposed() : null) },
      {
        url,
        origin,
        processId,
        routingId,
        osProcessId: process.pid,
        frameToken: String(randomUUID()),
        frameTreeNodeId: place.frameTreeNodeId,
        name: place.name,
        get detached() {
          return detached;
        },
        get parent() {
          return place.parent();
        },
        get top(): WebFrameMain | null {
          return place.top();
        },
        get frames() {
          return place.children();
        },
        get framesInSubtree(): WebFrameMain[] {
          return subtree(frame);
        },
        isDestroyed: () => gone,
        send: (channel: string, ...args: unknown[]): void => {
          void arrive({ channel, args: crossing(args) });
        },
      },
    ),
  );
  const document: Mutable = {
    url,
    origin,
    frame,
    isGone: () => gone,
    invoke: (channel, ...args) => invoke(document, channel, args),
    on: (channel, listener) => {
      page.on(channel, listener);
      return () => void page.off(channel, listener);
    },
    received,
    end: how => {
      gone = true;
      detached = how === 'detached';
    },
  };
  return document;
};
