import { type ChildProcess, spawn } from 'node:child_process';
import { sendSignal, taskkill } from './signalling.ts';

/** A question to a program. Environment and folder are the caller's; standard input is closed. */
export type ShortRun = {
  readonly exec: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** Milliseconds until it is killed with all that it has started. */
  readonly limitMs: number;
  /** Characters kept of each stream; a program that prints more is killed. */
  readonly outputLimit: number;
};

export type ShortEnd = {
  readonly kind: 'ended' | 'timed-out' | 'flooded';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

const posix = process.platform !== 'win32';
/** For the last words of a child that has ended: a process that it left behind may hold its pipes for ever. */
const drainMs = 250;

/** A group of its own on POSIX, so that what it forks ends with it. */
const begin = ({ exec, args, env, cwd }: ShortRun): ChildProcess =>
  spawn(exec, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: posix,
    windowsHide: true,
  });

const endAll = (pid: number): void => {
  if (posix) sendSignal(-pid, 'SIGKILL');
  else void taskkill(pid);
};

const watch = (child: ChildProcess, pid: number, run: ShortRun): Promise<ShortEnd> =>
  new Promise(resolve => {
    const said = { stdout: '', stderr: '' };
    let kind: ShortEnd['kind'] = 'ended';
    const give = (why: ShortEnd['kind']): void => {
      kind = why;
      endAll(pid);
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (said[name].length + text.length > run.outputLimit) give('flooded');
        else said[name] += text;
      });
    }
    const limit = setTimeout(() => give('timed-out'), run.limitMs);
    const settle = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ kind, code: child.exitCode, signal: child.signalCode, ...said });
    };
    child.once('exit', () => {
      clearTimeout(limit);
      // What it forked has no business after the answer.
      if (posix) endAll(pid);
      const drained = setTimeout(settle, drainMs);
      child.once('close', () => {
        clearTimeout(drained);
        settle();
      });
    });
  });

/** Runs a program to its end, which comes in time; null where it could not be started. Never rejects. */
export const runShortly = (run: ShortRun): Promise<ShortEnd | null> => {
  try {
    const child = begin(run);
    const failed = new Promise<null>(resolve => child.once('error', () => resolve(null)));
    return child.pid === undefined ? failed : watch(child, child.pid, run);
  } catch {
    // Some spawn failures (E2BIG, ENOMEM, a NUL in a path) are thrown at once: no answer either.
    return Promise.resolve(null);
  }
};
