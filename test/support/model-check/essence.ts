import type { AnyMachineSnapshot } from 'xstate';
import type { Judgement, ResolveInput, SettleInput, Suspect } from '#machines/contract.js';
import { failureOf, isRetryable } from '#machines/failure.js';
import type { LaunchContext } from '#machines/launch.js';
import type { SupervisorContext } from '#machines/supervisor.js';
import type { UpdateContext, UpdateResult } from '#machines/update.js';
import { inOrder } from './fact.ts';

const someFault = failureOf({ code: 'INTERNAL', message: 'a fault' });
const unreachable = failureOf({ code: 'REGISTRY_UNREACHABLE', message: 'a fault' });

const suspectEssence = ({ candidate, attempt, observation }: Suspect): Suspect => ({
  candidate,
  attempt,
  observation,
  failure: someFault,
  exit: null,
});
const judgementEssence = ({ suspect, verdict }: Judgement): Judgement => ({
  suspect: suspectEssence(suspect),
  verdict: { ...verdict, reason: '' },
});

/** Texts, refusals, exits and the first cause are only told; how often it was restarted only makes a delay longer. */
export const launchEssence = (snapshot: AnyMachineSnapshot): LaunchContext => {
  const context = snapshot.context as LaunchContext;
  return {
    ...context,
    refusals: [],
    pid: null,
    natives: null,
    exit: null,
    cause: null,
    failed: inOrder(context.failed),
    suspects: context.suspects.map(suspectEssence),
    judgements: context.judgements.map(judgementEssence),
    restarts: 1,
  };
};

const resultEssence = (result: UpdateResult | null): UpdateResult | null => {
  if (result?.kind === 'failed')
    return { kind: 'failed', failure: isRetryable(result.failure) ? unreachable : someFault };
  if (result?.kind === 'staged') return { ...result, superseded: null };
  if (result === null || result.kind === 'cancelled') return result;
  return { kind: 'available', version: '', current: null };
};

/** At rest nothing of the run counts but what it has staged; every run forgets the one before it. */
export const updateEssence = (snapshot: AnyMachineSnapshot): UpdateContext => {
  const context = snapshot.context as UpdateContext;
  const essence: UpdateContext = {
    ...context,
    origin: 'host',
    current: null,
    failures: 0,
    result: resultEssence(context.result),
  };
  if (!snapshot.hasTag('resting')) return essence;
  const { result } = essence;
  const kept = result?.kind === 'staged' ? result : null;
  return { ...essence, order: 'stage', release: null, scratch: null, tree: null, result: kept };
};

/** Why nothing runs is only told. */
export const supervisorEssence = (snapshot: AnyMachineSnapshot): SupervisorContext => {
  const context = snapshot.context as SupervisorContext;
  const ordering = snapshot.matches({ orders: 'changingStore' });
  return { ...context, order: ordering ? context.order : null, lost: null };
};

/** What an effect is given, as far as it makes a difference. */
export const inputEssence = (slot: string, input: unknown): unknown => {
  if (slot === 'settleVerdicts')
    return { judgements: (input as SettleInput).judgements.map(judgementEssence) };
  if (slot === 'resolveCandidates') return { exclude: inOrder((input as ResolveInput).exclude) };
  return input;
};
