import { constants } from 'node:os';
import process from 'node:process';
import type { ForwardedSignal } from '../../machines/launch.ts';

const signals: readonly ForwardedSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Listens for the signals that ask a program to end; `times` counts them. Gives back a function that stops listening. */
export const onInterruption = (listener: (signal: ForwardedSignal, times: number) => void): (() => void) => {
  let times = 0;
  const heard = (signal: NodeJS.Signals) => {
    const known = signals.find(name => name === signal);
    if (known === undefined) return;
    times += 1;
    listener(known, times);
  };
  for (const signal of signals) process.on(signal, heard);
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
};

/** The exit code of a program that a signal ended, as shells count it. */
export const signalExitCode = (signal: string): number => {
  const known: Readonly<Record<string, number>> = constants.signals;
  return 128 + (known[signal] ?? 0);
};
