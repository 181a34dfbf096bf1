import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { sendSignal, taskkill } from './signalling.ts';

/** A program that works for a while. Environment and folder are the caller's; its input stays open as long as we live. */
export type TetheredRun = {
  readonly exec: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Milliseconds until it is ended with all that it has started. */
  readonly limitMs: number;
  /** Characters that are kept of the end of what it prints. */
  readonly tail: number;
};

export type TetheredEnd = {
  readonly kind: 'ended' | 'timed-out';
  readonly code: number | null;
  /** The end of both streams, in the order in which they came. */
  readonly output: string;
};

const posix = process.platform !== 'win32';
/** For last words: a process that is left behind may hold the pipes for ever. */
const drainMs = 250;
/** Killed processes go at once; one that waits for a dead disk must not hold us for ever. */
const goneLimitMs = 5000;

/** A group of its own on POSIX, so that what it forks ends with it. */
const begin = ({ exec, args, env, cwd }: TetheredRun): ChildProcess =>
  spawn(exec, args, { cwd, env: { ...env }, stdio: 'pipe', detached: posix, windowsHide: true });

const endAll = (pid: number): void => {
  if (posix) sendSignal(-pid, 'SIGKILL');
  else void taskkill(pid);
};

/** Nothing of the group writes any more. */
const groupGone = async (pid: number): Promise<void> => {
  const end = performance.now() + goneLimitMs;
  while (posix && sendSignal(-pid, 'SIGKILL') && performance.now() < end) await pause(5);
};

const closed = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    child.once('exit', () => {
      const drained = setTimeout(resolve, drainMs);
      child.once('close', () => {
        clearTimeout(drained);
        resolve();
      });
    });
  });

const listen = (child: ChildProcess, limit: number): (() => string) => {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-limit);
    });
  // It may have ended without reading what nobody writes.
  child.stdin?.on('error', () => undefined);
  return () => output;
};

const watch = async (
  child: ChildProcess,
  pid: number,
  run: TetheredRun,
  signal: AbortSignal,
): Promise<TetheredEnd> => {
  const said = listen(child, run.tail);
  let kind: TetheredEnd['kind'] = 'ended';
  const limit = setTimeout(() => {
    kind = 'timed-out';
    endAll(pid);
  }, run.limitMs);
  const abort = (): void => endAll(pid);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await closed(child);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', abort);
  }
  for (const stream of child.stdio) stream?.destroy();
  await groupGone(pid);
  return { kind, code: child.exitCode, output: said() };
};

/**
 * Runs a program to its end; null where it could not be started. An abort and the limit end all that it has started. Rejects
 * only with the signal's reason, when nothing of it runs any more.
 */
export const runTethered = async (run: TetheredRun, signal: AbortSignal): Promise<TetheredEnd | null> => {
  signal.throwIfAborted();
  const child = begin(run);
  const failed = new Promise<null>(resolve => child.once('error', () => resolve(null)));
  const end = await (child.pid === undefined ? failed : watch(child, child.pid, run, signal));
  signal.throwIfAborted();
  return end;
};
