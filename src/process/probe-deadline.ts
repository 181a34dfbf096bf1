import type { ProbeResult } from '../../machines/contract.ts';
import { countActiveTime, tickFor } from './probe-clock.ts';
import { type ProofContext, whenOver } from './probe-context.ts';
import { onHeartbeat } from './probe-ipc.ts';
import { isStopped } from './process-table.ts';

export type ProbeLimits = { readonly deadlineMs: number; readonly hardLimitMs: number };

/**
 * Resolves when the active time is used up: `timedOut`, or `inconclusive` if time stood still meanwhile (a suspend, a stopped
 * child). A heartbeat begins the deadline anew, up to the hard limit. Nothing is decided on a late tick: what came in
 * during a suspend is heard first.
 */
export const timeRunsOut = (
  context: ProofContext,
  { deadlineMs, hardLimitMs }: ProbeLimits,
): Promise<ProbeResult> =>
  new Promise(resolve => {
    let sinceBeat = 0;
    let total = 0;
    let suspended = false;

    const decide = (): void => {
      if (suspended) resolve({ kind: 'inconclusive', reason: 'time stood still during the probe' });
      else if (isStopped(context.child.pid))
        resolve({ kind: 'inconclusive', reason: 'the runtime is stopped' });
      else resolve({ kind: 'timedOut', deadlineMs });
    };
    const stop = countActiveTime(context.clock, tickFor(deadlineMs), ({ activeMs, late }) => {
      sinceBeat += activeMs;
      total += activeMs;
      suspended ||= late;
      if (!late && (sinceBeat >= deadlineMs || total >= hardLimitMs)) decide();
    });
    onHeartbeat(context, () => {
      sinceBeat = 0;
    });
    whenOver(context.signal, stop);
  });
