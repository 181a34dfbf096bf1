import { assign, emit, raise, sendTo, setup } from 'xstate';
import type {
  Attempt,
  Candidate,
  Exit,
  NativesOutcome,
  ProbeResult,
  ReadyOutput,
  Resolution,
  ResolveInput,
  SettleInput,
  SettleOutput,
} from '../contract.ts';
import { failureOf } from '../failure.ts';
import { timer } from '../schedule.ts';
import { listenerSlot, slot } from '../slot.ts';
import { judgeAll } from '../verdict.ts';
import {
  candidateOf,
  crashLoop,
  earlyExit,
  inconclusive,
  nothingToLaunch,
  suspectOf,
  timedOut,
  withDeath,
  withSuspect,
} from './suspicion.ts';
import type {
  LaunchContext,
  LaunchEmitted,
  LaunchEvent,
  LaunchInput,
  LaunchOutput,
  RuntimeInput,
  RuntimeOrder,
} from './vocabulary.ts';

const silentExit: Exit = {
  code: null,
  signal: null,
  external: false,
  uptimeMs: 0,
  environment: null,
  tail: '',
};
const exitOf = (event: LaunchEvent): Exit => (event.type === 'runtime.exited' ? event.exit : silentExit);

/** Types, slots, delays, guards and actions of the launch chart. */
export const launchSetup = setup({
  types: {
    input: {} as LaunchInput,
    context: {} as LaunchContext,
    output: {} as LaunchOutput,
    events: {} as LaunchEvent,
    emitted: {} as LaunchEmitted,
    tags: {} as 'starting' | 'healthy' | 'ending' | 'visible',
    children: {} as {
      recoverStore: 'recoverStore';
      resolveCandidates: 'resolveCandidates';
      checkTree: 'checkTree';
      matchNatives: 'matchNatives';
      quarantineTree: 'quarantineTree';
      openAttempt: 'openAttempt';
      runtime: 'runtime';
      probe: 'probe';
      recordReady: 'recordReady';
      settleVerdicts: 'settleVerdicts';
      recordTrusted: 'recordTrusted';
    },
  },
  actors: {
    recoverStore: slot<void, void>('recoverStore'),
    resolveCandidates: slot<Resolution, ResolveInput>('resolveCandidates'),
    checkTree: slot<void, Candidate>('checkTree'),
    matchNatives: slot<NativesOutcome, Candidate>('matchNatives'),
    quarantineTree: slot<void, Candidate>('quarantineTree'),
    openAttempt: slot<Attempt, Candidate>('openAttempt'),
    runtime: listenerSlot<RuntimeOrder, RuntimeInput>(),
    probe: slot<ProbeResult, RuntimeInput>('probe'),
    recordReady: slot<ReadyOutput, RuntimeInput>('recordReady'),
    settleVerdicts: slot<SettleOutput, SettleInput>('settleVerdicts'),
    recordTrusted: slot<void, Candidate>('recordTrusted'),
  },
  delays: {
    restartBackoff: ({ context }) =>
      timer(Math.min(context.restartBaseMs * 2 ** Math.min(context.restarts - 1, 30), context.restartCapMs)),
    trustTime: ({ context }) => timer(context.trustAfterMs),
  },
  guards: {
    hasNext: ({ context }) => context.queue.length > 0,
    hasSuspects: ({ context }) => context.suspects.length > 0,
    isTrusted: ({ context }) => context.trusted,
    isGateClosed: (_, { failure }: NativesOutcome) => failure !== null,
    isDamage: (_, error: unknown) => failureOf(error).code === 'TREE_DAMAGED',
    wasReady: (_, result: ProbeResult) => result.kind === 'ready',
    wasTimedOut: (_, result: ProbeResult) => result.kind === 'timedOut',
    isIntendedEndOfControl: ({ context, event }) =>
      context.suspects.length > 0 && event.type === 'runtime.exited' && event.exit.code === 0,
    isIntendedEnd: ({ event }) => event.type === 'runtime.exited' && event.exit.code === 0,
    isOutsideKill: ({ event }) => event.type === 'runtime.exited' && event.exit.external,
    isCrashLoop: ({ context, event }) =>
      event.type === 'runtime.exited' &&
      event.exit.uptimeMs < context.trustAfterMs &&
      context.deaths + 1 >= context.crashLimit,
  },
  actions: {
    recordResolution: assign({
      queue: (_, resolution: Resolution) => resolution.candidates,
      refusals: (_, resolution: Resolution) => resolution.refusals,
    }),
    recordCause: assign({ cause: ({ context }, error: unknown) => context.cause ?? failureOf(error) }),
    takeNext: assign(({ context }) => {
      const [next, ...queue] = context.queue;
      const taken = {
        candidate: next ?? null,
        queue,
        attempt: null,
        pid: null,
        natives: null,
        trusted: false,
      };
      const same = next?.version === context.candidate?.version;
      return same ? taken : { ...taken, deaths: 0, restarts: 0, machineFault: null };
    }),
    recordNatives: assign({ natives: (_, natives: NativesOutcome) => natives }),
    recordAttempt: assign({ attempt: (_, attempt: Attempt) => attempt }),
    recordPid: assign({ pid: ({ event }) => (event.type === 'runtime.spawned' ? event.pid : null) }),
    suspectDamage: assign(({ context }, error: unknown) =>
      withSuspect(context, suspectOf(context, 'treeDamaged', failureOf(error), null)),
    ),
    suspectNatives: assign(({ context }, { failure }: NativesOutcome) =>
      withSuspect(context, suspectOf(context, 'nativesMissing', failureOf(failure), null)),
    ),
    suspectFault: assign(({ context }, error: unknown) =>
      withSuspect(context, suspectOf(context, 'spawnFailed', failureOf(error), null)),
    ),
    suspectRefusal: assign(({ context, event }) => {
      const failure = failureOf(event.type === 'runtime.refused' ? event.failure : undefined);
      const observation = failure.code === 'PORT_TAKEN' ? 'portTaken' : 'spawnFailed';
      return withSuspect(context, suspectOf(context, observation, failure, null));
    }),
    suspectEarlyExit: assign(({ context, event }) => withSuspect(context, earlyExit(context, exitOf(event)))),
    suspectTimeout: assign(({ context }) => withSuspect(context, timedOut(context))),
    suspectInconclusive: assign(({ context }) => withSuspect(context, inconclusive(context))),
    suspectCrashLoop: assign(({ context, event }) => withSuspect(context, crashLoop(context, exitOf(event)))),
    recordReady: assign({ trusted: (_, output: ReadyOutput) => output.trusted }),
    judgePassed: assign({ judgements: ({ context }) => judgeAll(context.suspects, true) }),
    judgeFailed: assign({ judgements: ({ context }) => judgeAll(context.suspects, false) }),
    /** A verdict that was reached stands; who had no control run is not blamed. */
    judgeInterrupted: assign({
      judgements: ({ context: { judgements, suspects } }) => [
        ...judgements,
        ...judgeAll(suspects.slice(judgements.length), false),
      ],
    }),
    forgetSuspects: assign({ suspects: [], judgements: [], cause: null }),
    recordDeath: assign(({ context, event }) => withDeath(context, exitOf(event))),
    recordRestart: assign(({ context, event }) => ({
      restarts: context.restarts + 1,
      exit: exitOf(event),
    })),
    recordExit: assign({ exit: ({ event }) => exitOf(event) }),
    forgetDeaths: assign({ deaths: 0, restarts: 0, machineFault: null }),
    /** A launch that the user asks for begins anew: what failed before may be tried again. */
    beginAnew: assign({
      suspects: [],
      judgements: [],
      failed: [],
      deaths: 0,
      restarts: 0,
      machineFault: null,
      cause: null,
      exit: null,
    }),
    endFailed: sendTo('runtime', { type: 'runtime.end', because: 'failed' } as const),
    endAsked: sendTo('runtime', ({ event }) => ({
      type: 'runtime.end' as const,
      because: 'asked' as const,
      signal: event.type === 'launch.stop' ? event.signal : undefined,
    })),
    /** An effect that broke counts as a refusal, so that each state says once what a refusal means to it. */
    refuse: raise((_, error: unknown) => ({ type: 'runtime.refused' as const, failure: failureOf(error) })),
    tellStarting: emit(({ context }) => ({
      type: 'launch.starting' as const,
      candidate: candidateOf({ context }),
      attempt: context.attempt?.id ?? '',
    })),
    tellReady: emit(({ context }) => ({
      type: 'launch.ready' as const,
      candidate: candidateOf({ context }),
      pid: context.pid,
    })),
    tellTrusted: emit(({ context }) => ({
      type: 'launch.trusted' as const,
      version: candidateOf({ context }).version,
    })),
    tellFailed: emit(({ context }) => ({
      type: 'launch.failed' as const,
      suspect: context.suspects.at(-1) ?? suspectOf(context, 'inconclusive', nothingToLaunch(context), null),
    })),
    tellJudged: emit(({ context }) => ({ type: 'launch.judged' as const, judgements: context.judgements })),
    tellRolledBack: emit(({ context }, output: SettleOutput) => ({
      type: 'launch.rolledBack' as const,
      versions: output.rolledBack,
      running: candidateOf({ context }).version,
    })),
    tellExited: emit(({ context, event }, { restarting }: { restarting: boolean }) => ({
      type: 'launch.exited' as const,
      version: candidateOf({ context }).version,
      exit: exitOf(event),
      restarting,
    })),
    tellExhausted: emit(({ context }) => ({
      type: 'launch.exhausted' as const,
      failure: nothingToLaunch(context),
    })),
  },
});

export const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
