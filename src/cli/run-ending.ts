import type { Exit } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import type { ForwardedSignal } from '../../machines/launch.ts';
import { onInterruption, signalExitCode } from '../process/interruption.ts';
import type { Stagedoor } from '../stagedoor.ts';

/** How a run ended: the code to exit with, and the fault if nothing could be started. */
export type Ending = { readonly code: number; readonly failure: Failure | null };

const codeOf = ({ code, signal }: Exit): number => code ?? (signal === null ? 1 : signalExitCode(signal));

/** Nothing runs: what the last runtime said, unless that was "all is well". */
const failedCode = (exit: Exit | null): number => (exit === null ? 1 : codeOf(exit) || 1);

/** The run as seen from outside: its end, and whether somebody has asked for it. */
export type Run = { readonly end: Promise<Ending>; readonly isEnding: () => boolean };

/**
 * Launches and follows the runtime to its end. A signal is forwarded, and whatever the runtime ends with is the answer.
 * A second signal ends everything at once.
 */
export const runToEnd = (stagedoor: Stagedoor): Run => {
  let asked = false;
  const end = new Promise<Ending>((resolve, reject) => {
    let launched = false;
    let lastExit: Exit | null = null;

    const finish = (ending: () => Ending, signal?: ForwardedSignal) => {
      stagedoor
        .stop({ signal })
        .then(() => resolve(ending()), reject)
        .finally(stopListening);
    };
    const stopListening = onInterruption((signal, times) => {
      asked = true;
      if (times > 1) stagedoor.signal('SIGKILL');
      else
        finish(
          () => ({ code: lastExit === null ? signalExitCode(signal) : codeOf(lastExit), failure: null }),
          signal,
        );
    });

    stagedoor.on('runtime:starting', () => {
      lastExit = null;
    });
    stagedoor.on('runtime:exited', ({ exit, restarting }) => {
      lastExit = exit;
      if (!asked && !restarting && exit.code === 0) finish(() => ({ code: 0, failure: null }));
    });
    const exhausted = (error: Failure, exit: Exit | null) =>
      finish(() => ({ code: failedCode(exit), failure: error }));
    stagedoor.on('runtime:exhausted', ({ error }) => {
      if (launched) exhausted(error, lastExit);
    });
    stagedoor.start().then(outcome => {
      launched = true;
      if (outcome.outcome === 'exhausted') exhausted(outcome.error, outcome.exit);
    }, reject);
  });
  return { end, isEnding: () => asked };
};
