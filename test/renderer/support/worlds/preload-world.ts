import type { ContextBridge, IpcRenderer, IpcRendererEvent } from 'electron';
import { decode, encode } from '../wire.ts';
import { createSide } from './passing.ts';

declare const stagedoorTestToken: string;
declare const stagedoorTestIsolated: boolean;
declare const stagedoorTestPreload: (
  require: (name: string) => unknown,
  process: unknown,
  exports: unknown,
  module: { exports: unknown },
) => void;

type Listener = Parameters<IpcRenderer['on']>[1];
type Global = typeof globalThis & {
  /** To the main process: the debugger's binding, which takes text. */
  stagedoorTestSend: (text: string) => void;
  /** From the main process. */
  stagedoorTestHear: (text: string) => void;
  /** What the preload's module exports: what an app's own preload would have. */
  stagedoorTestExports: unknown;
};

/** A world of its own, as a sandboxed preload has it: the page's document, no Node, and a `require` that knows one module. */
const world = globalThis as Global;
const side = createSide(`${stagedoorTestToken} preload`, `${stagedoorTestToken} page`);
const send = world.stagedoorTestSend;

const contextBridge = {
  exposeInMainWorld: (key, api) => {
    if (!stagedoorTestIsolated)
      throw new Error('contextBridge API can only be used when contextIsolation is enabled');
    document.dispatchEvent(
      new CustomEvent(`${stagedoorTestToken} expose`, { detail: { key, api: side.pass(api) } }),
    );
  },
} satisfies Pick<ContextBridge, 'exposeInMainWorld'>;

const listeners = new Map<string, Listener[]>();
const waiting: { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }[] = [];

const ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on'> = {
  invoke: (channel, ...args) =>
    new Promise((resolve, reject) => {
      const message = encode({ id: waiting.length, channel, args });
      waiting.push({ resolve, reject });
      send(message);
    }),
  on: (channel, listener) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    // Electron's own gives back itself, of which this has a part.
    return ipcRenderer as unknown as IpcRenderer;
  },
};

type Heard =
  | { readonly answers: number; readonly ok: boolean; readonly value: unknown }
  | { readonly channel: string; readonly args: readonly unknown[] };

world.stagedoorTestHear = text => {
  const heard = decode(text) as Heard;
  if ('answers' in heard) {
    if (heard.ok) waiting[heard.answers]?.resolve(heard.value);
    else waiting[heard.answers]?.reject(new Error(String(heard.value)));
    return;
  }
  const event = { sender: ipcRenderer, ports: [] } as unknown as IpcRendererEvent;
  for (const listener of listeners.get(heard.channel) ?? []) listener(event, ...heard.args);
};

const require = (name: string): unknown => {
  if (name === 'electron') return { contextBridge, ipcRenderer };
  throw new Error(`module not found: ${name}`);
};
const module = { exports: {} };
stagedoorTestPreload(
  require,
  { contextIsolated: stagedoorTestIsolated, sandboxed: true },
  module.exports,
  module,
);
world.stagedoorTestExports = module.exports;
