import type { ProbeClock } from './probe-clock.ts';
import type { RuntimeProcess } from './runtime-process.ts';

/** The child as far as a probe looks at it. */
export type ProbedProcess = Pick<
  RuntimeProcess,
  'pid' | 'running' | 'exited' | 'onMessage' | 'onOutput' | 'tail'
>;

/** What a proof works with. It resolves when the runtime is ready, and lets go of everything when `signal` aborts. */
export type ProofContext = {
  readonly child: ProbedProcess;
  readonly attempt: string;
  readonly version: string;
  readonly clock: ProbeClock;
  readonly signal: AbortSignal;
};

/** Runs `release` when the probe is over, also where it was over before. */
export const whenOver = (signal: AbortSignal, release: () => void): void => {
  if (signal.aborted) release();
  else signal.addEventListener('abort', release, { once: true });
};
