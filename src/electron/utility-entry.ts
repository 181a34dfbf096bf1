/**
 * The first module of a utility process: gives the runtime what a child of Node has (`process.send`, `'message'`), so that
 * one runtime serves both kinds of launch, then starts its entry as the main program.
 */
import type { EventEmitter } from 'node:events';
import Module, { createRequire } from 'node:module';
import type { MessageEvent, ParentPort } from 'electron';

const { parentPort } = process as NodeJS.Process & { readonly parentPort: ParentPort };

const offer = (properties: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(process, name, { value, configurable: true, writable: true });
};

const left = (code: string): Error =>
  Object.assign(new Error('the channel to the shell is closed'), { code });

/** An exception where nobody listens. */
const fail = (error: Error): unknown => (process as EventEmitter).emit('error', error);

/** `send(message, …, callback)`, as Node has it. */
const send = (message: unknown, ...rest: readonly unknown[]): boolean => {
  const { connected } = process;
  const told = rest.at(-1);
  const error = connected ? null : left('ERR_IPC_CHANNEL_CLOSED');
  if (connected) parentPort.postMessage(message);
  if (typeof told === 'function') process.nextTick(told as (error: Error | null) => void, error);
  else if (error !== null) process.nextTick(fail, error);
  return connected;
};

// Listening keeps a process alive; as in Node, only a runtime that wants messages is kept by it.
const pass = ({ data }: MessageEvent): unknown => process.emit('message', data, undefined);
process.on('newListener', (name: string) => {
  if (name === 'message' && process.connected && process.listenerCount('message') === 0)
    parentPort.on('message', pass);
});
process.on('removeListener', (name: string) => {
  if (name === 'message' && process.listenerCount('message') === 0) parentPort.off('message', pass);
});

const disconnect = (): void => {
  if (!process.connected) return void fail(left('ERR_IPC_DISCONNECTED'));
  offer({ connected: false });
  parentPort.off('message', pass);
  process.nextTick(() => process.emit('disconnect'));
};
offer({ send, disconnect, connected: true });

// Electron only warns of what in Node ends the process; a runtime in an unknown state must not go on.
process.on('unhandledRejection', reason => {
  if (process.listenerCount('unhandledRejection') > 1) return;
  process.stderr.write(`${reason instanceof Error ? reason.stack : String(reason)}\n`);
  process.exit(1);
});

/** As `--require` does; what the runtime forks as a Node gets them, too. */
const preload = (files: readonly string[]): void => {
  delete process.env.STAGEDOOR_PRELOADS;
  const load = createRequire(import.meta.url);
  for (const file of files) {
    process.execArgv.push('--require', file);
    load(file);
  }
};
preload(JSON.parse(process.env.STAGEDOOR_PRELOADS ?? '[]') as readonly string[]);

process.argv.splice(1, 1);
Module.runMain();
