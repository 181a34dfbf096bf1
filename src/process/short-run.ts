import type { ChildProcess } from 'node:child_process';
import { drained, exited, killGroup, type Program, startGroup } from './process-group.ts';

/** A question to a program. Its standard input is empty. */
export type ShortRun = Program & {
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

const watch = async (child: ChildProcess, pid: number, run: ShortRun): Promise<ShortEnd> => {
  const said = { stdout: '', stderr: '' };
  let kind: ShortEnd['kind'] = 'ended';
  const give = (why: ShortEnd['kind']): void => {
    kind = why;
    killGroup(pid);
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      if (said[name].length + text.length > run.outputLimit) give('flooded');
      else said[name] += text;
    });
  }
  const limit = setTimeout(() => give('timed-out'), run.limitMs);
  await exited(child);
  clearTimeout(limit);
  // What it forked has no business after the answer. On Windows nothing finds it any more.
  if (process.platform !== 'win32') killGroup(pid);
  await drained(child);
  return { kind, code: child.exitCode, signal: child.signalCode, ...said };
};

/** Runs a program to its end, which comes in time; null where it could not be started. Never rejects. */
export const runShortly = (run: ShortRun): Promise<ShortEnd | null> => {
  try {
    const child = startGroup(run);
    const failed = new Promise<null>(resolve => child.once('error', () => resolve(null)));
    return child.pid === undefined ? failed : watch(child, child.pid, run);
  } catch {
    // Some spawn failures (E2BIG, ENOMEM, a NUL in a path) are thrown at once: no answer either.
    return Promise.resolve(null);
  }
};
