import { expect, test } from 'vitest';
import { brokenBy, type Change } from '../support/electron/changed-types.ts';
import { temporaryFolder } from '../support/folder.ts';
import { isFull, ran } from '../support/proof/run.ts';

/** One of each kind: a parameter more, another type of a parameter, another result, another payload, another property. */
const changes: readonly Change[] = [
  { from: "getPath(name: 'home' | ", to: "getPath(name: 'house' | ", breaks: 'app.ts' },
  { from: '    isReady(): boolean;', to: '    isReady(): Promise<boolean>;', breaks: 'app.ts' },
  {
    from: "on(event: 'before-quit', listener: (event: Event) => void): this;",
    to: "on(event: 'before-quit', listener: (event: Event, reason: string) => void): this;",
    breaks: 'payloads.ts',
  },
  {
    from: "on(event: 'suspend', listener: () => void): this;",
    to: "on(event: 'suspend', listener: (event: Event) => void): this;",
    breaks: 'payloads.ts',
  },
  {
    from: "on(event: 'session-end', listener: (event: WindowSessionEndEvent) => void): this;",
    to: "on(event: 'session-end', listener: () => void): this;",
    breaks: 'payloads.ts',
  },
  {
    from: 'handle(channel: string, listener: (event: IpcMainInvokeEvent,',
    to: 'handle(channel: string, options: object, listener: (event: IpcMainInvokeEvent,',
    breaks: 'ipc.ts',
  },
  {
    from: 'readonly senderFrame: (WebFrameMain) | (null);',
    to: 'readonly senderFrame: (WebFrameMain) | (undefined);',
    breaks: 'ipc.ts',
  },
  {
    from: 'readonly parent: (WebFrameMain) | (null);',
    to: 'readonly parent: (WebFrameMain) | (undefined);',
    breaks: 'document.ts',
  },
  { from: '    isOnline(): boolean;', to: '    isOnline(): Promise<boolean>;', breaks: 'network.ts' },
  {
    from: '    resolveProxy(url: string): Promise<string>;',
    to: '    resolveProxy(url: string): Promise<string[]>;',
    breaks: 'network.ts',
  },
  {
    from: 'static getAllWindows(): BrowserWindow[];',
    to: 'static getAllWindows(): Promise<BrowserWindow[]>;',
    breaks: 'window-list.ts',
  },
  {
    from: '    postMessage(message: any, transfer?: MessagePortMain[]): void;',
    to: '    postMessage(message: any): Promise<void>;',
    breaks: 'utility-process.ts',
  },
  {
    from: '    postMessage(message: any): void;',
    to: '    postMessage(message: any, priority: number): void;',
    breaks: 'utility-preload.ts',
  },
  { from: "type: ('FatalError'),", to: "type: ('FatalError' | 'OutOfMemory'),", breaks: 'payloads.ts' },
  {
    from: 'static fork(modulePath: string, args?: string[], options?: ForkOptions): UtilityProcess;',
    to: 'static fork(modulePath: URL, args?: string[], options?: ForkOptions): UtilityProcess;',
    breaks: 'utility-process.ts',
  },
  {
    from: '    send(channel: string, ...args: any[]): void;',
    to: '    send(channel: string, message: object): void;',
    breaks: 'web-contents.ts',
  },
  {
    from: '    loadFile(filePath: string, options?: LoadFileOptions): Promise<void>;',
    to: '    loadFile(filePath: URL, options?: LoadFileOptions): Promise<void>;',
    breaks: 'browser-window.ts',
  },
  {
    from: '    readonly webContents: WebContents;\n  }\n\n  interface WebFrame ',
    to: '    readonly webContents: (WebContents) | (null);\n  }\n\n  interface WebFrame ',
    breaks: 'view.ts',
  },
];

test('the double compiles against electron’s types, and not where a signature, a payload or a property has changed', async ({
  task,
}) => {
  const folder = temporaryFolder();
  expect(await brokenBy(folder, [])).toEqual(new Set());
  const broken = await brokenBy(folder, changes);
  for (const { breaks } of changes) expect(broken).toContain(breaks);
  ran({ task }, changes.length, 'changed types');
});

if (!isFull) console.log('skipped: each change of electron’s types by itself: a full run');

// One compilation each.
test.runIf(isFull)('each single change of electron’s types breaks the compilation', async ({ task }) => {
  const folder = temporaryFolder();
  for (const change of changes) expect(await brokenBy(folder, [change]), change.to).toContain(change.breaks);
  ran({ task }, changes.length, 'changed types');
});
