import type { Exit } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Stagedoor } from '../stagedoor.ts';
import { onInterruption, signalExitCode } from './interruption.ts';

/** How a run ended: the code to exit with, and the fault if nothing could be started. */
export type Ending = { readonly code: number; readonly failure: Failure | null };

/** A runtime gets this long for its own goodbye after a forwarded signal; then its whole tree is ended (P-31). */
const graceMs = 5000;
/** It has had its time, so the second wait inside `stop()` is cut short; its tree is known to `stop()` by then. */
const lastChanceMs = 500;

const codeOf = ({ code, signal }: Exit): number => code ?? (signal === null ? 1 : signalExitCode(signal));

/** Nothing runs: what the last runtime said, unless that was "all is well". */
const failedCode = (exit: Exit | null): number => (exit === null ? 1 : codeOf(exit) || 1);

/** The run as seen from outside: its end, and whether somebody has asked for it. */
export type Run = { readonly end: Promise<Ending>; readonly isEnding: () => boolean };

/**
 * Launches and follows the runtime to its end. A signal is forwarded to a runtime that is up, and whatever it ends with
 * is the answer. Before it is up, the launch is stopped instead, so that no version is blamed for our own goodbye. A
 * second signal ends everything at once.
 */
export const runToEnd = (stagedoor: Stagedoor): Run => {
  let asked = false;
  const end = new Promise<Ending>((resolve, reject) => {
    let launched = false;
    let up = false;
    let lastExit: Exit | null = null;
    let grace: NodeJS.Timeout | undefined;

    const finish = (code: number, failure: Failure | null = null) => {
      clearTimeout(grace);
      stagedoor
        .stop()
        .then(() => resolve({ code, failure }), reject)
        .finally(stopListening);
    };
    const stopListening = onInterruption((signal, times) => {
      asked = true;
      if (times > 1) stagedoor.signal('SIGKILL');
      if (times > 1 || !up) return finish(signalExitCode(signal));
      stagedoor.signal(signal);
      grace = setTimeout(() => {
        finish(signalExitCode('SIGKILL'));
        setTimeout(() => stagedoor.signal('SIGKILL'), lastChanceMs);
      }, graceMs);
    });

    stagedoor.on('runtime:ready', () => {
      up = true;
    });
    stagedoor.on('runtime:starting', () => {
      up = false;
    });
    stagedoor.on('runtime:exited', ({ exit, restarting }) => {
      up = false;
      lastExit = exit;
      const intended = exit.code === 0 && !restarting;
      if (asked || intended) finish(codeOf(exit));
    });
    stagedoor.on('runtime:exhausted', ({ error }) => {
      if (launched) finish(failedCode(lastExit), error);
    });
    stagedoor.start().then(outcome => {
      launched = true;
      if (outcome.outcome === 'exhausted') finish(failedCode(outcome.exit), outcome.error);
    }, reject);
  });
  return { end, isEnding: () => asked };
};
