import { crossing } from './crossing.ts';
import type { ElectronDouble, Levers } from './double.ts';
import type { MessagePipe } from './message-pipe.ts';
import { exposed } from './preload-run.ts';

type Listen = (name: string, listener: (event: unknown) => void) => unknown;

/** What a test may ask of a main program in another process; windows go by their place in the order of opening. */
const orders = ({ levers, listening }: ElectronDouble) => {
  const heard: unknown[] = [];
  const documentOf = (window: number) => {
    const found = levers.windows()[window];
    if (found === undefined) throw new Error(`there is no window ${window}`);
    return found.frame.document();
  };
  return {
    windows: () =>
      levers.windows().map(({ window, frame }) => ({ title: window.getTitle(), url: frame.document().url })),
    invoke: (window: number, channel: string, ...args: readonly unknown[]) =>
      documentOf(window).invoke(channel, ...args),
    received: (window: number) => documentOf(window).received,
    /** A function that the preload has exposed, as the page calls it. */
    call: (window: number, name: string, verb: string, ...args: readonly unknown[]) => {
      const method = exposed(documentOf(window), name)[verb];
      if (typeof method !== 'function') throw new Error(`${name}.${verb} is not exposed`);
      return (method as (...given: readonly unknown[]) => unknown)(...args);
    },
    /** Subscribes as the page does; `heard` has what came. */
    listen: (window: number, name: string, event: string) => {
      const on = exposed(documentOf(window), name).on as Listen;
      on(event, given => heard.push({ event, given: crossing(given) }));
    },
    heard: () => heard,
    load: (window: number, url: string) => levers.windows()[window]?.load(url),
    close: (window: number) => levers.windows()[window]?.window.close(),
    addFrame: (window: number, url: string) => void levers.windows()[window]?.frame.addFrame(url),
    openWindow: async (url: string) => void (await levers.openWindow(url)),
    quit: () => void levers.quitAsUser(),
    listening,
    logOff: levers.logOff,
    suspend: levers.suspend,
    resume: levers.resume,
    shutDown: levers.shutDown,
    goOffline: levers.goOffline,
    goOnline: levers.goOnline,
    useProxy: levers.useProxy,
    secondInstance: (...given: Parameters<Levers['secondInstance']>) => levers.secondInstance(...given),
  };
};

export type Orders = ReturnType<typeof orders>;
export type Request = { readonly id: number; readonly name: keyof Orders; readonly args: readonly unknown[] };
export type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

/** Answers the test at the other end of a pipe. The process ends when the test is gone. */
export const answerControl = (pipe: MessagePipe, double: ElectronDouble): void => {
  const known = orders(double);
  const carryOut = async ({ id, name, args }: Request): Promise<Reply> => {
    try {
      const order = known[name] as (...given: readonly unknown[]) => unknown;
      return { id, result: crossing(await order(...args)) };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  pipe.onMessage(message => void carryOut(message as Request).then(reply => pipe.send(reply)));
  pipe.onEnd(() => process.kill(process.pid, 'SIGKILL'));
};
