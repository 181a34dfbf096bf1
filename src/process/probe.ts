import type { ProbeResult } from '../../machines/contract.ts';
import { provenByLife } from './probe-alive.ts';
import { type ProbeClock, systemClock, tickFor } from './probe-clock.ts';
import { type ProbedProcess, type ProofContext, whenOver } from './probe-context.ts';
import { timeRunsOut } from './probe-deadline.ts';
import { provenByHttp } from './probe-http.ts';
import { provenByIpc } from './probe-ipc.ts';
import type { ProbeSpec } from './probe-spec.ts';
import { provenByStdout } from './probe-stdout.ts';
import { provenByTcp } from './probe-tcp.ts';

export type ProbeOptions = {
  /** Active milliseconds until the probe has failed. */
  readonly deadlineMs: number;
  /** Active milliseconds that heartbeats can extend the deadline to. */
  readonly hardLimitMs: number;
  /** The attempt that a proof must name (P-29). */
  readonly attempt: string;
  readonly version: string;
  readonly tick?: ProbeClock | undefined;
  readonly signal?: AbortSignal | undefined;
};

const inconclusive = (reason: string): ProbeResult => ({ kind: 'inconclusive', reason });

const prove = (spec: ProbeSpec, context: ProofContext): Promise<void> => {
  switch (spec.kind) {
    case 'ipc':
      return provenByIpc(context);
    case 'http':
      return provenByHttp(spec.url, context);
    case 'tcp':
      return provenByTcp(spec.port, context);
    case 'stdout':
      return provenByStdout(spec.pattern, context);
    case 'alive':
      return provenByLife(spec.ms, context);
  }
};

const never = <Value>(): Promise<Value> => new Promise(() => undefined);

const proof = async (spec: ProbeSpec, context: ProofContext): Promise<ProbeResult> => {
  const start = context.clock.now();
  try {
    await prove(spec, context);
  } catch {
    // Polling gave up: the probe is over or the child ended, and whoever watches that tells the reason.
    return never();
  }
  // An answer on the port of a dead child is somebody else's.
  return context.child.running ? { kind: 'ready', afterMs: context.clock.now() - start } : never();
};

const death = async ({ exited }: ProbedProcess): Promise<ProbeResult> => {
  await exited;
  return inconclusive('the runtime ended before it was ready');
};

const cancellation = (signal: AbortSignal | undefined): Promise<ProbeResult> =>
  new Promise(resolve => {
    if (signal !== undefined) whenOver(signal, () => resolve(inconclusive('the probe was cancelled')));
  });

/**
 * Waits for the proof that this child is up. Never rejects. A child that dies makes it `inconclusive`: the end itself, which
 * listeners of `exited` hear of first, is the evidence. Leaves no timer, socket or listener behind.
 */
export const probeRuntime = async (
  child: ProbedProcess,
  spec: ProbeSpec,
  options: ProbeOptions,
): Promise<ProbeResult> => {
  const over = new AbortController();
  const { attempt, version, tick: clock = systemClock } = options;
  const context: ProofContext = { child, attempt, version, clock, signal: over.signal };
  const shortest = spec.kind === 'alive' ? spec.ms + 4 * tickFor(spec.ms) : 0;
  try {
    return await Promise.race([
      death(child),
      cancellation(AbortSignal.any([over.signal, ...(options.signal ? [options.signal] : [])])),
      proof(spec, context),
      timeRunsOut(context, {
        deadlineMs: Math.max(options.deadlineMs, shortest),
        hardLimitMs: Math.max(options.hardLimitMs, shortest),
      }),
    ]);
  } finally {
    over.abort();
  }
};
