import process from 'node:process';
import { onInterruption } from './interruption.ts';

/**
 * Runs a job that cleans up when its signal is aborted: a Ctrl-C lets it do so first, and then ends the process as it
 * would have. Where somebody else listens, too, ending is left to them.
 */
export const unwinding = async <Result>(job: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
  const interruption = new AbortController();
  let interruptedBy: NodeJS.Signals | null = null;
  const detach = onInterruption(signal => {
    interruptedBy = signal;
    interruption.abort(new Error(`interrupted by ${signal}`));
  });
  try {
    return await job(interruption.signal);
  } finally {
    detach();
    if (interruptedBy !== null && process.listenerCount(interruptedBy) === 0)
      process.kill(process.pid, interruptedBy);
  }
};
