import { type ChildProcess, spawn } from 'node:child_process';
import { processToken } from './identity.ts';
import { createOutputTail } from './output-tail.ts';
import { spawnFailure } from './spawn-failure.ts';
import { endLeftovers, endStartedWith, stopTree } from './tree-kill.ts';

/** A program that works for minutes and starts others. Environment and folder are the caller's; standard input is closed. */
export type LongRun = {
  readonly exec: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Milliseconds until it is ended with all that it has started. */
  readonly limitMs: number;
  /** A variable of `env` with a value that nobody else has: whatever left the group is known by it (Linux). */
  readonly mark: string;
};

export type LongEnd = {
  readonly kind: 'ended' | 'timed-out';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last 64 KiB of both streams. */
  readonly output: string;
};

const posix = process.platform !== 'win32';
const deadlines = { askMs: 0, graceMs: 1000, killMs: 2000 };
/** For the last words of a child that has ended. */
const drainMs = 250;

const begin = ({ exec, args, env, cwd }: LongRun): ChildProcess =>
  spawn(exec, args, {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: posix,
    windowsHide: true,
  });

const exited = (child: ChildProcess, run: LongRun): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('error', error => reject(spawnFailure(error, run)));
    child.once('exit', () => resolve());
  });

const drained = async (child: ChildProcess, closed: Promise<void>): Promise<void> => {
  const waited = new Promise(resolve => setTimeout(resolve, drainMs).unref());
  await Promise.race([closed, waited]);
  child.stdout?.destroy();
  child.stderr?.destroy();
};

/** Ends a child that still runs, and everything below it. */
const end = async (child: ChildProcess): Promise<void> => {
  const pid = child.pid ?? 0;
  const token = processToken(pid);
  if (token !== null) await stopTree({ pid, token, speaks: false, ask: () => undefined }, deadlines);
};

/** What it left behind, in its group or by its mark, has no business after it. */
const endRest = async ({ pid }: ChildProcess, { mark, env }: LongRun): Promise<void> => {
  if (pid === undefined) return;
  await endLeftovers(pid);
  await endStartedWith(`${mark}=${env[mark]}`);
};

/**
 * Runs a program to its end; on an abort, and when its time is over, ends it with all that it has started. Settles when none of
 * them runs any more: with how it ended, or rejects with SPAWN_FAILED or the signal's reason.
 */
export const runAtLength = async (run: LongRun, signal: AbortSignal): Promise<LongEnd> => {
  signal.throwIfAborted();
  const child = begin(run);
  const tail = createOutputTail();
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => tail.push(chunk));
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
  let [kind, ending]: [LongEnd['kind'], Promise<void>] = ['ended', Promise.resolve()];
  const stop = (): void => {
    ending = end(child);
  };
  const limit = setTimeout(() => {
    kind = 'timed-out';
    stop();
  }, run.limitMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await exited(child, run);
    await ending;
    await endRest(child, run);
    await drained(child, closed);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return { kind, code: child.exitCode, signal: child.signalCode, output: tail.text() };
};
