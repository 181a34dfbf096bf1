import { launchSetup } from './setup.ts';
import { candidateOf, runtimeInput } from './suspicion.ts';

/** The end of a child that had been ready. */
const deathAfterReady = [
  {
    guard: 'isIntendedEndOfControl',
    target: '#launch.concluding',
    actions: ['recordExit', { type: 'tellExited', params: { restarting: false } }],
    description: 'an intended end before the verdict was written: the control run has passed all the same',
  },
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

const running = launchSetup.createStateConfig({
  description: 'Trust grows with uptime.',
  initial: 'weighing',
  after: {
    trustTime: [
      {
        guard: 'isTrusted',
        actions: 'forgetDeaths',
        description: 'long enough up to forgive earlier deaths',
      },
      { target: '.trusting', actions: 'forgetDeaths', description: '10 minutes of uptime' },
    ],
  },
  states: {
    weighing: {
      description: 'Has it earned trust in earlier launches?',
      always: [{ guard: 'isTrusted', target: 'trusted', actions: 'tellTrusted' }, { target: 'candidate' }],
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
});

export const healthy = launchSetup.createStateConfig({
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
      always: [{ guard: 'hasSuspects', target: 'markingBad', actions: 'judgePassed' }, { target: 'running' }],
    },
    markingBad: {
      description:
        'Writes the verdicts; only then clears the pointer, removes the folder, tells the user (L-06).',
      invoke: {
        id: 'settleVerdicts',
        src: 'settleVerdicts',
        input: ({ context }) => ({ judgements: context.judgements }),
        onDone: {
          target: 'running',
          actions: [
            'tellJudged',
            { type: 'tellRolledBack', params: ({ event }) => event.output },
            'forgetSuspects',
          ],
        },
        onError: {
          target: 'running',
          actions: ['tellJudged', 'forgetSuspects'],
          description: 'the mark could not be written: nothing is removed, the next boot tries again',
        },
      },
    },
    running,
  },
});
