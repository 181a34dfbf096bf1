import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import type { WindowDouble } from './browser-window.ts';
import type { DocumentDouble } from './document.ts';
import type { FrameDouble } from './frame.ts';

type Exposed = Readonly<Record<string, unknown>>;
type Call = (...args: readonly unknown[]) => unknown;

const exposedIn = new WeakMap<DocumentDouble, Map<string, Exposed>>();

/** What a preload has exposed to the page of a document, by name. */
export const exposed = (document: DocumentDouble, name: string): Exposed => {
  const found = exposedIn.get(document)?.get(name);
  if (found === undefined) throw new Error(`nothing is exposed as ${name}`);
  return found;
};

/** What a sandboxed preload may `require` (Electron's documentation of the sandbox). */
const electronOf = (document: DocumentDouble, place: Map<string, Exposed>) => {
  const takers = new Map<Call, () => void>();
  return {
    contextBridge: {
      exposeInMainWorld: (name: string, api: Exposed): void => void place.set(name, api),
    },
    ipcRenderer: {
      invoke: (channel: string, ...args: readonly unknown[]) => document.invoke(channel, ...args),
      on: (channel: string, listener: Call): void => {
        takers.set(
          listener,
          document.on(channel, (...args) => listener({}, ...args)),
        );
      },
      off: (_channel: string, listener: Call): void => takers.get(listener)?.(),
      removeListener: (_channel: string, listener: Call): void => takers.get(listener)?.(),
    },
  };
};

/**
 * Runs a window's preload in a context of its own, in each document of its main frame: with `require('electron')` and nothing
 * else of Node, as a sandboxed one.
 */
export const runPreload = (document: DocumentDouble, frame: FrameDouble, window: WindowDouble): void => {
  const { preload } = window;
  if (preload === undefined || frame !== window.frame) return;
  const place = new Map<string, Exposed>();
  exposedIn.set(document, place);
  const electron = electronOf(document, place);
  const required = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const run = vm.runInNewContext(
    `(function (require, module, exports) {${readFileSync(preload, 'utf8')}\n})`,
    {
      console,
      process: { contextIsolated: true, type: 'renderer' },
      reportError: (error: unknown) => console.error(error),
      URL,
      structuredClone,
      queueMicrotask,
      setTimeout,
      clearTimeout,
    },
  ) as Call;
  const module = { exports: {} };
  run(required, module, module.exports);
};
