import type { NativesOutcome } from '../contract.ts';
import { fault, launchSetup } from './setup.ts';
import { candidateOf } from './suspicion.ts';

const match = ({ event }: { event: { output: NativesOutcome } }): NativesOutcome => event.output;

export const preparing = launchSetup.createStateConfig({
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
        onDone: { target: 'matchingNatives' },
        onError: [
          {
            guard: { type: 'isDamage', params: fault },
            target: 'quarantining',
            actions: { type: 'suspectDamage', params: fault },
            description: 'a file differs from what was staged',
          },
          {
            target: '#launch.fallback',
            actions: { type: 'suspectFault', params: fault },
            description: 'it could not be checked: that is a fault of the machine, the folder stays',
          },
        ],
      },
    },
    matchingNatives: {
      description:
        'Do its native modules fit the executable? Those of the bundle or a tree for this ABI take their place; only where nothing fits is one installed.',
      invoke: {
        id: 'matchNatives',
        src: 'matchNatives',
        input: candidateOf,
        onDone: [
          {
            guard: { type: 'isGateClosed', params: match },
            target: '#launch.fallback',
            actions: { type: 'suspectNatives', params: match },
            description: 'it is not started with modules that were made for something else',
          },
          { target: 'recordingAttempt', actions: { type: 'recordNatives', params: match } },
        ],
        onError: {
          target: 'recordingAttempt',
          description: 'a defect of ours: reported, and no reason not to start',
        },
      },
    },
    quarantining: {
      description: 'Sets the damaged folder aside; the updater stages it anew. The version is not blamed.',
      invoke: {
        id: 'quarantineTree',
        src: 'quarantineTree',
        input: candidateOf,
        onDone: { target: '#launch.fallback' },
        onError: { target: '#launch.fallback', description: 'it is not launched in any case' },
      },
    },
    recordingAttempt: {
      description: 'Writes the attempt down before the spawn: a crash of the whole shell leaves evidence.',
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
          description: 'a spawn that leaves no evidence is not made',
        },
      },
    },
  },
});
