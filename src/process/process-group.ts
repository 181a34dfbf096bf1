import { type ChildProcess, spawn } from 'node:child_process';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { sendSignal, taskkill } from './signalling.ts';

/** What is run. Environment and folder are the caller's. */
export type Program = {
  readonly exec: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
};

const posix = process.platform !== 'win32';
/** For the last words of a child that has ended: a process that it left behind may hold its pipes for ever. */
const drainMs = 250;

/** Starts a program whose output is heard, in a group of its own on POSIX, so that what it forks ends with it. */
export const startGroup = (
  { exec, args, env, cwd }: Program,
  input: 'ignore' | 'pipe' = 'ignore',
): ChildProcess =>
  spawn(exec, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    stdio: [input, 'pipe', 'pipe'],
    detached: posix,
    windowsHide: true,
  });

/** Resolves at the end of a child that could be started. */
export const exited = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    child.once('exit', () => resolve());
  });

/** Kills a group at once; on Windows a tree. */
export const killGroup = (pid: number): void => {
  if (posix) sendSignal(-pid, 'SIGKILL');
  else void taskkill(pid);
};

/** Resolves when an ended child's output has come in, and soon in any case; its pipes are let go then. */
export const drained = async ({ stdout, stderr, stdio }: ChildProcess): Promise<void> => {
  const ends = [stdout, stderr].flatMap(stream => (stream === null ? [] : [finished(stream)]));
  await Promise.race([Promise.allSettled(ends), pause(drainMs, undefined, { ref: false })]);
  for (const stream of stdio) stream?.destroy();
};
