import type { IpcMain, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron';
import { type StandIn, standIn } from './agreement.ts';
import { anotherTurn, crossing } from './crossing.ts';
import { preventable } from './event.ts';

/** Who sent a message. The frame is null once its document is gone. */
export type Sender = {
  readonly contents: WebContents;
  readonly frame: () => WebFrameMain | null;
  readonly frameId: number;
  readonly processId: number;
};

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;
type Members = {
  handle(channel: string, listener: Handler): void;
  handleOnce(channel: string, listener: Handler): void;
  removeHandler(channel: string): void;
};

export type IpcDouble = {
  readonly ipcMain: StandIn<IpcMain, Members>;
  /** The channels that somebody handles. */
  readonly handled: () => readonly string[];
  /** As `ipcRenderer.invoke` of a sender's document. */
  readonly invoke: (sender: Sender, channel: string, args: readonly unknown[]) => Promise<unknown>;
};

/** `senderFrame` is asked for at each access: "may be null if accessed after the frame has either navigated or been destroyed". */
const invokeEvent = ({ contents, frame, frameId, processId }: Sender): IpcMainInvokeEvent =>
  preventable({
    type: 'frame' as const,
    frameId,
    processId,
    sender: contents,
    get senderFrame() {
      return frame();
    },
  });

type Reply = { readonly result: unknown } | { readonly error: string };

export const createIpc = (): IpcDouble => {
  const handlers = new Map<string, Handler>();
  const members: Members = {
    handle: (channel, listener) => {
      if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      if (typeof listener !== 'function') {
        throw new Error(`Expected handler to be a function, but found type '${typeof listener}'`);
      }
      handlers.set(channel, listener);
    },
    handleOnce: (channel, listener) => {
      members.handle(channel, (event, ...args) => {
        handlers.delete(channel);
        return listener(event, ...args);
      });
    },
    removeHandler: channel => void handlers.delete(channel),
  };
  const answer = async (sender: Sender, channel: string, args: readonly unknown[]): Promise<Reply> => {
    try {
      const handler = handlers.get(channel);
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      return { result: crossing(await handler(invokeEvent(sender), ...args)) };
    } catch (error) {
      // "Only the `message` property from the original error is provided to the renderer process" (ipcMain.handle).
      return { error: String(error) };
    }
  };
  return {
    ipcMain: standIn<IpcMain>()({ name: 'ipcMain' }, members),
    handled: () => [...handlers.keys()],
    invoke: async (sender, channel, args) => {
      const sent = crossing(args);
      await anotherTurn();
      const reply = await answer(sender, channel, sent);
      await anotherTurn();
      if ('error' in reply) throw new Error(`Error invoking remote method '${channel}': ${reply.error}`);
      return reply.result;
    },
  };
};
