import { assign, emit, sendTo, setup } from 'xstate';
import type {
  Attempt,
  Candidate,
  Exit,
  Judgement,
  Observation,
  ProbeResult,
  ReadyOutput,
  Refusal,
  Resolution,
  ResolveInput,
  SettleInput,
  SettleOutput,
  Suspect,
} from './contract.ts';
import { type Failure, failureOf } from './failure.ts';
import { listenerSlot, slot } from './slot.ts';
import { judgeAll } from './verdict.ts';

export type LaunchInput = {
  readonly restartBaseMs: number;
  readonly restartCapMs: number;
  /** Uptime that makes a version trusted and forgives earlier deaths. */
  readonly trustAfterMs: number;
  /** The death that goes to the verdict. */
  readonly crashLimit: number;
};

export const defaultLaunchInput: LaunchInput = {
  restartBaseMs: 1_000,
  restartCapMs: 30_000,
  trustAfterMs: 10 * 60_000,
  crashLimit: 3,
};

export type LaunchContext = LaunchInput & {
  readonly candidate: Candidate | null;
  /** Candidates that have not been tried in this launch. */
  readonly queue: readonly Candidate[];
  readonly refusals: readonly Refusal[];
  readonly attempt: Attempt | null;
  readonly pid: number | null;
  /** Candidates that failed in this launch and wait for the control run. */
  readonly suspects: readonly Suspect[];
  readonly judgements: readonly Judgement[];
  /** Versions that are not tried again in this launch (L-03). */
  readonly failed: readonly string[];
  /** Deaths by itself of the running version since it last stayed up for `trustAfterMs`. */
  readonly deaths: number;
  readonly restarts: number;
  readonly exit: Exit | null;
  readonly trusted: boolean;
  /** The first fault of this launch: the cause where nothing starts (L-04). */
  readonly cause: Failure | null;
};

/** What a launch ends with. */
export type LaunchOutput =
  | { readonly kind: 'exhausted'; readonly failure: Failure; readonly exit: Exit | null }
  | { readonly kind: 'ended'; readonly exit: Exit | null }
  | { readonly kind: 'stopped' };

export type LaunchEvent =
  | { readonly type: 'launch.stop' }
  /** Apply what is staged: the caller has made sure that no running work is interrupted. */
  | { readonly type: 'launch.restart' }
  | { readonly type: 'runtime.spawned'; readonly pid: number }
  | { readonly type: 'runtime.refused'; readonly failure: Failure }
  | { readonly type: 'runtime.exited'; readonly exit: Exit };

export type LaunchEmitted =
  | { readonly type: 'launch.starting'; readonly candidate: Candidate; readonly attempt: string }
  | { readonly type: 'launch.ready'; readonly candidate: Candidate; readonly pid: number | null }
  | { readonly type: 'launch.trusted'; readonly version: string }
  | { readonly type: 'launch.failed'; readonly suspect: Suspect }
  | {
      readonly type: 'launch.exited';
      readonly version: string;
      readonly exit: Exit;
      readonly restarting: boolean;
    }
  | { readonly type: 'launch.judged'; readonly judgements: readonly Judgement[] }
  | {
      readonly type: 'launch.rolledBack';
      readonly versions: SettleOutput['rolledBack'];
      readonly running: string;
    }
  | { readonly type: 'launch.exhausted'; readonly failure: Failure };

/** Orders to the running child. `failed`: it did not become ready, and the evidence is kept for the verdict. */
export type RuntimeOrder = { readonly type: 'runtime.end'; readonly because: 'failed' | 'asked' };

export type RuntimeInput = { readonly candidate: Candidate; readonly attempt: Attempt };

const nobody: Candidate = { role: 'bundled', version: '0.0.0', tree: null, firstStart: false };
const silentExit: Exit = {
  code: null,
  signal: null,
  external: false,
  uptimeMs: 0,
  environment: null,
  tail: '',
};
const noAttempt: Attempt = { id: '', candidate: nobody };
const candidateOf = ({ context }: { context: LaunchContext }): Candidate => context.candidate ?? nobody;
const runtimeInput = ({ context }: { context: LaunchContext }): RuntimeInput => ({
  candidate: candidateOf({ context }),
  attempt: context.attempt ?? noAttempt,
});

const nothingToLaunch = (context: LaunchContext): Failure =>
  context.cause ??
  failureOf({
    code: 'BUNDLED_INVALID',
    message: 'there is no runtime to launch',
    hint: 'Check --bundled, or stage a version with stagedoor update.',
  });

const suspectOf = (
  context: LaunchContext,
  observation: Observation,
  failure: Failure,
  exit: Exit | null,
): Suspect => ({
  candidate: candidateOf({ context }),
  attempt: context.attempt?.id ?? null,
  observation,
  failure,
  exit,
});

const say = (version: string, text: string): string => `${version} ${text}`;
const lastWords = (exit: Exit): string => (exit.tail === '' ? '' : `: ${exit.tail}`);
const ending = (exit: Exit): string =>
  exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;

/** A death before the runtime was ready, as an observation. */
const early = (exit: Exit): Observation =>
  exit.external ? 'inconclusive' : exit.environment === null ? 'exitedEarly' : 'environmentExit';

const earlyFailure = (version: string, exit: Exit): Failure =>
  exit.environment === null
    ? failureOf({
        code: 'LAUNCH_EXITED_EARLY',
        message: say(version, `ended ${ending(exit)} before it was ready${lastWords(exit)}`),
        hint: 'stagedoor explain shows what was decided.',
      })
    : failureOf({
        code: exit.environment === 'EADDRINUSE' ? 'PORT_TAKEN' : 'SPAWN_FAILED',
        message: say(version, `ended ${ending(exit)} after ${exit.environment}${lastWords(exit)}`),
        hint: 'The machine is to blame, not the version: stagedoor doctor looks at it.',
      });

const recordSuspect = (context: LaunchContext, suspect: Suspect) => ({
  suspects: [...context.suspects, suspect],
  failed: [...context.failed, suspect.candidate.version],
  cause: context.cause ?? suspect.failure,
  exit: suspect.exit ?? context.exit,
});

const launchSetup = setup({
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
      Math.min(
        context.restartBaseMs * 2 ** Math.min(Math.max(context.restarts - 1, 0), 30),
        context.restartCapMs,
      ),
    trustTime: ({ context }) => context.trustAfterMs,
  },
  guards: {
    hasNext: ({ context }) => context.queue.length > 0,
    hasSuspects: ({ context }) => context.suspects.length > 0,
    isTrusted: ({ context }) => context.trusted,
    wasReady: (_, result: ProbeResult) => result.kind === 'ready',
    wasTimedOut: (_, result: ProbeResult) => result.kind === 'timedOut',
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
    takeNext: assign(({ context }) => {
      const [next, ...queue] = context.queue;
      const same = next?.version === context.candidate?.version;
      return {
        candidate: next ?? null,
        queue,
        attempt: null,
        pid: null,
        trusted: false,
        deaths: same ? context.deaths : 0,
      };
    }),
    recordAttempt: assign({ attempt: (_, attempt: Attempt) => attempt }),
    recordPid: assign({ pid: ({ event }) => (event.type === 'runtime.spawned' ? event.pid : null) }),
    suspectDamage: assign(({ context }, error: unknown) =>
      recordSuspect(context, suspectOf(context, 'treeDamaged', failureOf(error), null)),
    ),
    suspectFault: assign(({ context }, error: unknown) =>
      recordSuspect(context, suspectOf(context, 'spawnFailed', failureOf(error), null)),
    ),
    suspectRefusal: assign(({ context, event }) => {
      const failure = failureOf(event.type === 'runtime.refused' ? event.failure : undefined);
      const observation = failure.code === 'PORT_TAKEN' ? 'portTaken' : 'spawnFailed';
      return recordSuspect(context, suspectOf(context, observation, failure, null));
    }),
    suspectEarlyExit: assign(({ context, event }) => {
      if (event.type !== 'runtime.exited') return {};
      const { exit } = event;
      const failure = earlyFailure(candidateOf({ context }).version, exit);
      return recordSuspect(context, suspectOf(context, early(exit), failure, exit));
    }),
    suspectTimeout: assign(({ context }) => {
      const failure = failureOf({
        code: 'LAUNCH_TIMED_OUT',
        message: say(candidateOf({ context }).version, 'was not ready in time'),
        hint: 'Raise --probe-timeout if this runtime needs longer to start.',
      });
      return recordSuspect(context, suspectOf(context, 'timedOut', failure, null));
    }),
    suspectInconclusive: assign(({ context }) => {
      const failure = failureOf({
        code: 'LAUNCH_TIMED_OUT',
        message: say(candidateOf({ context }).version, 'was not ready, but time stood still meanwhile'),
        hint: 'It is tried again with the next launch.',
      });
      return recordSuspect(context, suspectOf(context, 'inconclusive', failure, null));
    }),
    suspectCrashLoop: assign(({ context, event }) => {
      if (event.type !== 'runtime.exited') return {};
      const { exit } = event;
      const failure = failureOf({
        code: 'LAUNCH_CRASH_LOOP',
        message: say(
          candidateOf({ context }).version,
          `died ${context.deaths + 1} times soon after it was ready${lastWords(exit)}`,
        ),
        hint: 'stagedoor explain shows what was decided.',
      });
      return recordSuspect(context, suspectOf(context, 'crashLoop', failure, exit));
    }),
    recordReady: assign({ trusted: (_, output: ReadyOutput) => output.trusted }),
    judgePassed: assign({ judgements: ({ context }) => judgeAll(context.suspects, true) }),
    judgeFailed: assign({ judgements: ({ context }) => judgeAll(context.suspects, false) }),
    forgetSuspects: assign({ suspects: [], cause: null }),
    recordDeath: assign({
      deaths: ({ context }) => context.deaths + 1,
      restarts: ({ context }) => context.restarts + 1,
      exit: ({ context, event }) => (event.type === 'runtime.exited' ? event.exit : context.exit),
    }),
    recordRestart: assign({
      restarts: ({ context }) => context.restarts + 1,
      exit: ({ context, event }) => (event.type === 'runtime.exited' ? event.exit : context.exit),
    }),
    recordExit: assign({
      exit: ({ context, event }) => (event.type === 'runtime.exited' ? event.exit : context.exit),
    }),
    forgetDeaths: assign({ deaths: 0, restarts: 0 }),
    /** A launch that the user asks for begins anew: what failed before may be tried again. */
    beginAnew: assign({ suspects: [], failed: [], deaths: 0, restarts: 0, cause: null, exit: null }),
    endFailed: sendTo('runtime', { type: 'runtime.end', because: 'failed' } as const),
    endAsked: sendTo('runtime', { type: 'runtime.end', because: 'asked' } as const),
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
      exit: event.type === 'runtime.exited' ? event.exit : silentExit,
      restarting,
    })),
    tellExhausted: emit(({ context }) => ({
      type: 'launch.exhausted' as const,
      failure: nothingToLaunch(context),
    })),
  },
});

const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
const result = ({ event }: { event: { output: ProbeResult } }): ProbeResult => event.output;

/** The end of a child that had been ready. */
const deathAfterReady = [
  {
    guard: 'isIntendedEnd',
    target: '#launch.ended',
    actions: ['recordExit', { type: 'tellExited', params: { restarting: false } }],
    description: 'exit code 0 after ready is an intended end',
  },
  {
    guard: 'isOutsideKill',
    target: '#launch.restarting',
    actions: ['recordRestart', { type: 'tellExited', params: { restarting: true } }],
    description: 'ended by a signal from outside: inconclusive, started again',
  },
  {
    guard: 'isCrashLoop',
    target: '#launch.fallback',
    actions: ['suspectCrashLoop', { type: 'tellExited', params: { restarting: false } }],
    description: 'the third death goes to the verdict',
  },
  {
    target: '#launch.restarting',
    actions: ['recordDeath', { type: 'tellExited', params: { restarting: true } }],
    description: 'died by itself: started again with backoff',
  },
] as const;

/** Waiting for the proof that this child of this version is up; the same for the first candidate and the control. */
const proof = {
  invoke: {
    id: 'probe',
    src: 'probe',
    input: runtimeInput,
    onDone: [
      { guard: { type: 'wasReady', params: result }, target: 'healthy', description: 'the probe passed' },
      {
        guard: { type: 'wasTimedOut', params: result },
        target: 'ending',
        actions: 'suspectTimeout',
        description: 'alive, but not ready within the deadline of active time',
      },
      {
        target: 'ending',
        actions: 'suspectInconclusive',
        description: 'time stood still: no proof either way',
      },
    ],
    onError: { target: 'ending', actions: { type: 'suspectFault', params: fault } },
  },
  on: {
    'runtime.exited': {
      target: '#launch.fallback',
      actions: 'suspectEarlyExit',
      description: 'it ended before it was ready',
    },
  },
} as const;

/**
 * Brings a runtime up: the override, else the previous known-good, else the bundled one, each at most once (L-03). First
 * the user gets a running app, then the version that failed is judged, with the fallback as the control experiment.
 */
export const launchMachine = launchSetup.createMachine({
  id: 'launch',
  description: 'Launches a runtime, proves it, falls back if it fails, and decides who is to blame.',
  context: ({ input }) => ({
    ...input,
    candidate: null,
    queue: [],
    refusals: [],
    attempt: null,
    pid: null,
    suspects: [],
    judgements: [],
    failed: [],
    deaths: 0,
    restarts: 0,
    exit: null,
    trusted: false,
    cause: null,
  }),
  output: ({ event }) => event.output as LaunchOutput,
  initial: 'recovering',
  on: { 'launch.stop': { target: '.stopped' } },
  states: {
    recovering: {
      description:
        'Sweeps what crashes left behind and counts a strike where a shell died in an open attempt.',
      tags: ['starting'],
      invoke: {
        id: 'recoverStore',
        src: 'recoverStore',
        onDone: { target: 'override' },
        onError: { target: 'override', description: 'nothing in the store may stop the launch (P-06)' },
      },
    },
    override: {
      description:
        'Resolves what to launch, freshly at every spawn: pointer or pin, previous known-good, bundled.',
      tags: ['starting'],
      invoke: {
        id: 'resolveCandidates',
        src: 'resolveCandidates',
        input: ({ context }) => ({ exclude: context.failed }),
        onDone: {
          target: 'choosing',
          actions: { type: 'recordResolution', params: ({ event }) => event.output },
        },
        onError: { target: 'givingUp', description: 'not even the bundled runtime could be found' },
      },
    },
    choosing: {
      description: 'Takes the first candidate.',
      tags: ['starting'],
      always: [
        { guard: 'hasNext', target: 'preparing', actions: 'takeNext' },
        { target: 'givingUp', description: 'there is nothing to launch' },
      ],
    },
    preparing: {
      description: 'What must be true before a spawn.',
      tags: ['starting'],
      initial: 'checkingTree',
      states: {
        checkingTree: {
          description:
            'Entry and natives by hash, the rest by size and time. The bundled runtime is not in the store.',
          invoke: {
            id: 'checkTree',
            src: 'checkTree',
            input: candidateOf,
            onDone: { target: 'recordingAttempt' },
            onError: {
              target: 'quarantining',
              actions: { type: 'suspectDamage', params: fault },
              description: 'a file differs from what was staged',
            },
          },
        },
        quarantining: {
          description:
            'Sets the damaged folder aside; the updater stages it anew. The version is not blamed.',
          invoke: {
            id: 'quarantineTree',
            src: 'quarantineTree',
            input: candidateOf,
            onDone: { target: '#launch.fallback' },
            onError: { target: '#launch.fallback', description: 'it is not launched in any case' },
          },
        },
        recordingAttempt: {
          description:
            'Writes the attempt down before the spawn: a crash of the whole shell leaves evidence.',
          invoke: {
            id: 'openAttempt',
            src: 'openAttempt',
            input: candidateOf,
            onDone: {
              target: '#launch.alive',
              actions: { type: 'recordAttempt', params: ({ event }) => event.output },
            },
            onError: {
              target: '#launch.fallback',
              actions: { type: 'suspectFault', params: fault },
            },
          },
        },
      },
    },
    alive: {
      description: 'One child process, from its spawn to its end.',
      entry: 'tellStarting',
      initial: 'spawning',
      invoke: {
        id: 'runtime',
        src: 'runtime',
        input: runtimeInput,
        onError: { target: '#launch.fallback', actions: { type: 'suspectFault', params: fault } },
      },
      on: {
        'launch.stop': { target: '.stopping' },
        'launch.restart': { target: '.applying', description: 'apply what is staged' },
        'runtime.refused': {
          target: '#launch.fallback',
          actions: 'suspectRefusal',
          description: 'it could not be spawned, or its port answers already',
        },
      },
      states: {
        spawning: {
          description: 'The child is being created.',
          tags: ['starting'],
          on: {
            'runtime.spawned': [
              { guard: 'hasSuspects', target: 'controlRun', actions: 'recordPid' },
              { target: 'probing', actions: 'recordPid' },
            ],
            'runtime.exited': { target: '#launch.fallback', actions: 'suspectEarlyExit' },
          },
        },
        probing: { ...proof, description: 'Waits for the proof of health.', tags: ['starting'] },
        controlRun: {
          ...proof,
          description:
            'The fallback starts in the same environment: it is the control experiment of the verdict.',
          tags: ['starting'],
        },
        ending: {
          description: 'Ends a child that did not become ready, its whole tree, with deadlines.',
          tags: ['starting'],
          entry: 'endFailed',
          on: {
            'runtime.exited': { target: '#launch.fallback' },
            'launch.restart': { description: 'the next candidate comes in any case' },
          },
        },
        healthy: {
          description: 'The app has a running runtime.',
          tags: ['healthy'],
          entry: 'tellReady',
          initial: 'recordingReady',
          on: { 'runtime.exited': deathAfterReady },
          states: {
            recordingReady: {
              description: 'Resolves the attempt: this proof names it. Counts the healthy launch.',
              invoke: {
                id: 'recordReady',
                src: 'recordReady',
                input: runtimeInput,
                onDone: {
                  target: 'judging',
                  actions: { type: 'recordReady', params: ({ event }) => event.output },
                },
                onError: { target: 'judging', description: 'the app runs; it is only not remembered' },
              },
            },
            judging: {
              description: 'Was this the control run of a version that failed?',
              always: [
                { guard: 'hasSuspects', target: 'markingBad', actions: 'judgePassed' },
                { target: '#launch.running' },
              ],
            },
            markingBad: {
              description:
                'Writes the verdicts; only then clears the pointer, removes the folder, tells the user (L-06).',
              invoke: {
                id: 'settleVerdicts',
                src: 'settleVerdicts',
                input: ({ context }) => ({ judgements: context.judgements }),
                onDone: {
                  target: '#launch.running',
                  actions: [
                    'tellJudged',
                    { type: 'tellRolledBack', params: ({ event }) => event.output },
                    'forgetSuspects',
                  ],
                },
                onError: {
                  target: '#launch.running',
                  actions: ['tellJudged', 'forgetSuspects'],
                  description: 'the mark could not be written: nothing is removed, the next boot tries again',
                },
              },
            },
            running: {
              id: 'launch.running',
              description: 'Trust grows with uptime.',
              initial: 'weighing',
              after: {
                trustTime: [
                  {
                    guard: 'isTrusted',
                    actions: 'forgetDeaths',
                    description: 'long enough up to forgive earlier deaths',
                  },
                  {
                    target: '.trusting',
                    actions: 'forgetDeaths',
                    description: '10 minutes of uptime',
                  },
                ],
              },
              states: {
                weighing: {
                  description: 'Has it earned trust in earlier launches?',
                  always: [{ guard: 'isTrusted', target: 'trusted' }, { target: 'candidate' }],
                },
                candidate: { description: 'Ready once; not yet known-good.', tags: ['visible'] },
                trusting: {
                  description:
                    'Writes down that this version is known-good; retention and high-water mark move only now.',
                  entry: 'tellTrusted',
                  invoke: {
                    id: 'recordTrusted',
                    src: 'recordTrusted',
                    input: candidateOf,
                    onDone: { target: 'trusted' },
                    onError: { target: 'trusted', description: 'it is counted again at the next launch' },
                  },
                },
                trusted: { description: 'Known-good: what later versions fall back to.', tags: ['visible'] },
              },
            },
          },
        },
        applying: {
          description: 'Ends the child so that what is staged can start.',
          tags: ['ending'],
          entry: 'endAsked',
          on: {
            'runtime.exited': { target: '#launch.override', actions: 'beginAnew' },
            'runtime.refused': { target: '#launch.override', actions: 'beginAnew' },
            'launch.restart': { description: 'already on the way' },
          },
        },
        stopping: {
          description: 'Ends the child: asked, then told, then made to, with deadlines.',
          tags: ['ending'],
          entry: 'endAsked',
          on: {
            'runtime.exited': { target: '#launch.stopped', actions: 'recordExit' },
            'runtime.refused': { target: '#launch.stopped' },
            'launch.stop': { description: 'already on the way' },
            'launch.restart': { description: 'too late' },
          },
        },
      },
    },
    fallback: {
      description: 'The next candidate of this launch at once: previous known-good, then bundled, each once.',
      tags: ['starting'],
      entry: 'tellFailed',
      always: [
        { guard: 'hasNext', target: 'preparing', actions: 'takeNext' },
        { target: 'givingUp', description: 'the last candidate failed too' },
      ],
    },
    restarting: {
      description: 'It died after it was ready: 1 s, 2 s, … up to 30 s.',
      tags: ['starting'],
      on: { 'launch.restart': { target: 'override', actions: 'beginAnew' } },
      after: { restartBackoff: { target: 'override' } },
    },
    givingUp: {
      description: 'Nothing starts: the machine is to blame. The attempts are closed without a mark.',
      tags: ['ending'],
      entry: 'judgeFailed',
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: ({ context }) => ({ judgements: context.judgements }),
        onDone: { target: 'exhausted', actions: 'tellJudged' },
        onError: { target: 'exhausted', actions: 'tellJudged' },
      },
    },
    exhausted: {
      description: 'Every candidate failed once; the first fault is the cause (L-04).',
      type: 'final',
      entry: 'tellExhausted',
      output: ({ context }): LaunchOutput => ({
        kind: 'exhausted',
        failure: nothingToLaunch(context),
        exit: context.exit,
      }),
    },
    ended: {
      description: 'The runtime ended by intention.',
      type: 'final',
      output: ({ context }): LaunchOutput => ({ kind: 'ended', exit: context.exit }),
    },
    stopped: {
      description: 'Ended because the host asked for it.',
      type: 'final',
      output: (): LaunchOutput => ({ kind: 'stopped' }),
    },
  },
});
