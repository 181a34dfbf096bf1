import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { processToken } from './identity.ts';
import { createOutputTail } from './output-tail.ts';
import { drained, exited, type Program, startGroup } from './process-group.ts';
import { leftBehind } from './process-table.ts';
import { sendSignal } from './signalling.ts';
import { spawnFailure } from './spawn-failure.ts';
import { endLeftovers, endStartedWith, stopTree } from './tree-kill.ts';

/** A program that works for minutes and starts others. */
export type LongRun = Program & {
  readonly cwd: string;
  /** Milliseconds until it is ended with all that it has started. */
  readonly limitMs: number;
  /** Bytes that are kept of the end of what it prints; default 64 KiB. */
  readonly tail?: number | undefined;
  /** Is its standard input open as long as we live? It may watch that, to end when we do. Else it is empty. */
  readonly tethered?: boolean | undefined;
  /** A variable of `env` with a value that nobody else has: whatever left the group is known by it (Linux). */
  readonly mark?: string | undefined;
};

export type LongEnd = {
  readonly kind: 'ended' | 'timed-out';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of both streams, in the order in which they came. */
  readonly output: string;
};

const deadlines = { askMs: 0, graceMs: 1000, killMs: 2000 };
/** Killed processes go at once; one that waits for a dead disk must not hold us for ever. */
const goneLimitMs = 5000;

const begin = (run: LongRun): ChildProcess => {
  try {
    const child = startGroup(run, run.tethered === true ? 'pipe' : 'ignore');
    // It may end without reading what nobody writes.
    child.stdin?.on('error', () => undefined);
    return child;
  } catch (error) {
    // Some failures (E2BIG, ENOMEM, a NUL in a path) are thrown at once.
    throw spawnFailure(error, run);
  }
};

/** Ends a child that still runs, and everything below it. */
const end = async (pid: number): Promise<void> => {
  const token = processToken(pid);
  if (token !== null) await stopTree({ pid, token, speaks: false, ask: () => undefined }, deadlines);
};

/** Only Linux tells those that run from those that nobody has collected yet. */
const isLeft = (pid: number): boolean => {
  if (process.platform === 'win32') return false;
  return process.platform === 'linux' ? leftBehind(pid).length > 0 : sendSignal(-pid, 0);
};

/** Without a value it would name whoever has none. */
const endMarked = async ({ mark, env }: LongRun): Promise<void> => {
  const value = mark === undefined ? undefined : env[mark];
  if (value !== undefined && value !== '') await endStartedWith(`${mark}=${value}`);
};

/** What it left behind, in its group or by its mark, has no business after it; nor what that forks while it ends. */
const endRest = async (pid: number, run: LongRun): Promise<void> => {
  await Promise.all([endLeftovers(pid), endMarked(run)]);
  const limit = performance.now() + goneLimitMs;
  for (; isLeft(pid) && performance.now() < limit; await pause(5)) sendSignal(-pid, 'SIGKILL');
};

/** Resolves when it has ended; an abort and the limit see to that. */
const ended = async (
  child: ChildProcess,
  pid: number,
  { limitMs }: LongRun,
  signal: AbortSignal,
): Promise<LongEnd['kind']> => {
  let [kind, ending]: [LongEnd['kind'], Promise<void>] = ['ended', Promise.resolve()];
  const stop = (): void => {
    ending = end(pid);
  };
  const limit = setTimeout(() => {
    kind = 'timed-out';
    stop();
  }, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  await exited(child);
  clearTimeout(limit);
  signal.removeEventListener('abort', stop);
  await ending;
  return kind;
};

/**
 * Runs a program to its end; on an abort, and when its time is over, ends it with all that it has started. Settles when none of
 * them runs any more: with how it ended, or rejects with SPAWN_FAILED or the signal's reason.
 */
export const runAtLength = async (run: LongRun, signal: AbortSignal): Promise<LongEnd> => {
  signal.throwIfAborted();
  const child = begin(run);
  const { pid } = child;
  if (pid === undefined) throw spawnFailure((await once(child, 'error'))[0], run);
  const tail = createOutputTail(run.tail);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => tail.push(chunk));
  const kind = await ended(child, pid, run, signal);
  await endRest(pid, run);
  await drained(child);
  signal.throwIfAborted();
  return { kind, code: child.exitCode, signal: child.signalCode, output: tail.text() };
};
