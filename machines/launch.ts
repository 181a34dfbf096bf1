import type { SettleInput } from './contract.ts';
import { alive } from './launch/alive.ts';
import { preparing } from './launch/preparing.ts';
import { fault, launchSetup } from './launch/setup.ts';
import { nothingToLaunch } from './launch/suspicion.ts';
import type { LaunchContext, LaunchOutput } from './launch/vocabulary.ts';

export {
  defaultLaunchInput,
  type ForwardedSignal,
  type LaunchContext,
  type LaunchEmitted,
  type LaunchEvent,
  type LaunchInput,
  type LaunchOutput,
  type RuntimeInput,
  type RuntimeOrder,
} from './launch/vocabulary.ts';

const judged = ({ context }: { context: LaunchContext }): SettleInput => ({ judgements: context.judgements });

/**
 * Brings a runtime up: the override, else the previous known-good, else the bundled one, each at most once (L-03). First
 * the user gets a running app, then the version that failed is judged, with the fallback as the control experiment.
 */
export const launchMachine = launchSetup.createMachine({
  id: 'launch',
  description: 'Launches a runtime, proves it, falls back if it fails, and decides who is to blame.',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    ...input,
    candidate: null,
    queue: [],
    refusals: [],
    natives: null,
    attempt: null,
    pid: null,
    suspects: [],
    judgements: [],
    failed: [],
    deaths: 0,
    machineFault: null,
    restarts: 0,
    exit: null,
    trusted: false,
    cause: null,
  }),
  output: ({ event }) => event.output as LaunchOutput,
  initial: 'recovering',
  on: {
    'launch.stop': [
      {
        guard: 'hasSuspects',
        target: '.closing',
        description: 'attempts without a verdict are closed first',
      },
      { target: '.stopped' },
    ],
    'launch.restart': [
      {
        guard: 'hasSuspects',
        target: '.renewing',
        description: 'attempts without a verdict are closed first',
      },
      { target: '.override', actions: 'beginAnew', description: 'what to launch is resolved anew (L-01)' },
    ],
  },
  states: {
    recovering: {
      description:
        'Sweeps what crashes left behind and counts a strike where a shell died in an open attempt.',
      tags: ['starting'],
      on: { 'launch.restart': { description: 'what is staged is resolved in any case' } },
      invoke: {
        id: 'recoverStore',
        src: 'recoverStore',
        onDone: { target: 'override' },
        onError: { target: 'override', description: 'nothing in the store may stop the launch (P-06)' },
      },
    },
    override: {
      description:
        'Resolves what to launch, freshly at every launch and restart: pointer or pin, previous known-good, bundled.',
      tags: ['starting'],
      invoke: {
        id: 'resolveCandidates',
        src: 'resolveCandidates',
        input: ({ context }) => ({ exclude: context.failed }),
        onDone: {
          target: 'choosing',
          actions: { type: 'recordResolution', params: ({ event }) => event.output },
        },
        onError: {
          target: 'givingUp',
          actions: { type: 'recordCause', params: fault },
          description: 'not even the bundled runtime could be found',
        },
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
    preparing,
    alive,
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
      after: { restartBackoff: { target: 'override' } },
    },
    renewing: {
      description:
        'The host restarts before there is a verdict: the attempts are closed without a control run.',
      tags: ['ending'],
      entry: 'judgeInterrupted',
      on: { 'launch.restart': { description: 'already on the way' } },
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: judged,
        onDone: {
          target: 'override',
          actions: [
            'tellJudged',
            { type: 'tellRolledBack', params: ({ event }) => event.output },
            'beginAnew',
          ],
        },
        onError: { target: 'override', actions: 'beginAnew', description: 'the next boot judges again' },
      },
    },
    closing: {
      description: 'The host stops before there is a verdict: the attempts are closed without a control run.',
      tags: ['ending'],
      entry: 'judgeInterrupted',
      on: {
        'launch.stop': { description: 'already on the way' },
        'launch.restart': { description: 'too late' },
      },
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: judged,
        onDone: {
          target: 'stopped',
          actions: ['tellJudged', { type: 'tellRolledBack', params: ({ event }) => event.output }],
        },
        onError: { target: 'stopped', description: 'the next boot judges again' },
      },
    },
    concluding: {
      description:
        'The control run passed and has ended by intention: the verdicts are written before the launch ends.',
      tags: ['ending'],
      entry: 'judgePassed',
      on: {
        'launch.stop': { description: 'it ends in any case' },
        'launch.restart': { description: 'too late' },
      },
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: judged,
        onDone: {
          target: 'ended',
          actions: ['tellJudged', { type: 'tellRolledBack', params: ({ event }) => event.output }],
        },
        onError: { target: 'ended', description: 'the next boot judges again' },
      },
    },
    givingUp: {
      description: 'Nothing starts: the machine is to blame. The attempts are closed without a mark.',
      tags: ['ending'],
      entry: 'judgeFailed',
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: judged,
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
