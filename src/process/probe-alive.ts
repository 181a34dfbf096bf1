import { countActiveTime, tickFor } from './probe-clock.ts';
import { type ProofContext, whenOver } from './probe-context.ts';

/** Ready when the child has lived for `ms` of active time. */
export const provenByLife = (ms: number, { child, clock, signal }: ProofContext): Promise<void> =>
  new Promise(resolve => {
    let active = 0;
    const stop = countActiveTime(clock, tickFor(ms), tick => {
      active += tick.activeMs;
      // Timers come before the news of a death in a turn of the event loop: those are heard first.
      if (active >= ms && !tick.late) setImmediate(() => child.running && !signal.aborted && resolve());
    });
    whenOver(signal, stop);
  });
