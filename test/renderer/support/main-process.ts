import { type Answer, channels, type UiState } from '#src/electron/bridge.js';
import { decode, encode } from './wire.ts';

type Sent = { readonly id: number; readonly channel: string; readonly args: readonly unknown[] };
type Answering = (order: unknown) => unknown;

/** A double of the main process at the far end of the channels: what it got, and what it tells. */
export type MainProcess = {
  /** All that came in over any channel, as it came. */
  readonly received: readonly { readonly channel: string; readonly args: readonly unknown[] }[];
  readonly orders: () => readonly unknown[];
  /** How orders are answered from now on; what is thrown is what `ipcMain.handle` makes of it. */
  readonly answer: (answering: Answering) => void;
  /** Pushes to `channels.state`, whatever it is. */
  readonly tell: (state: unknown) => Promise<void>;
};

export const quiet: UiState = {
  seq: 1,
  tags: ['running'],
  running: { version: '1.0.0', role: 'bundled' },
  staged: null,
  progress: null,
  rolledBack: null,
  outgrown: null,
  waitingFor: [],
};

const good = (value: unknown): Answer => ({ ok: true, value });

/** Of a main process that says yes to everything, and has just begun. */
export const agreeable =
  (state: UiState = { ...quiet, seq: 0 }): Answering =>
  order => {
    const { verb } = order as { verb: string };
    if (verb === 'status') return good(state);
    if (verb === 'explain') return good({ running: '1.0.0', lines: ['It came with the app.'] });
    if (verb === 'check') return good({ outcome: 'up-to-date', version: null });
    if (verb === 'restartToApply') return good({ outcome: 'running', version: '1.2.0' });
    return good(undefined);
  };

/** `hear` takes what the window sends; `say` is how to reach the window. */
export const createMainProcess = (say: (text: string) => Promise<void>) => {
  const received: { channel: string; args: readonly unknown[] }[] = [];
  let answering: Answering = agreeable();
  const answerTo = async ({ id, channel, args }: Sent): Promise<void> => {
    try {
      if (channel !== channels.order) throw new Error(`No handler registered for '${channel}'`);
      await say(encode({ answers: id, ok: true, value: await answering(args[0]) }));
    } catch (error) {
      await say(
        encode({ answers: id, ok: false, value: `Error invoking remote method '${channel}': ${error}` }),
      );
    }
  };
  const main: MainProcess = {
    received,
    orders: () => received.filter(({ channel }) => channel === channels.order).map(({ args }) => args[0]),
    answer: next => {
      answering = next;
    },
    tell: state => say(encode({ channel: channels.state, args: [state] })),
  };
  return {
    main,
    hear: (text: string): Promise<void> => {
      const sent = decode(text) as Sent;
      received.push({ channel: sent.channel, args: sent.args });
      return answerTo(sent);
    },
  };
};
