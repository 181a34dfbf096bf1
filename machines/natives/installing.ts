import type { NativesProof, NativeTree } from '../contract.ts';
import { draftOf, remainsOf, targetOf } from './outcome.ts';
import { nativesSetup } from './setup.ts';

const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
const proof = ({ event }: { event: { output: NativesProof } }): NativesProof => event.output;

/** What every step does with a fault: record it, remove what was begun, and let the gate decide. */
const abandon = { target: 'cleaning', actions: { type: 'recordFault', params: fault } } as const;

export const installing = nativesSetup.createStateConfig({
  description:
    'Makes the tree of this ABI, once on this machine: one process at a time, the others wait for it.',
  tags: ['busy', 'visible'],
  initial: 'claiming',
  on: {
    'natives.cancel': { target: '.cleaning', description: 'everything before the commit can be abandoned' },
  },
  states: {
    claiming: {
      description: 'Takes the only scratch folder that a living process may have for this tree.',
      invoke: {
        id: 'claimTree',
        src: 'claimTree',
        input: targetOf,
        onDone: [
          {
            guard: { type: 'wasClaimed', params: ({ event }) => event.output },
            target: 'fetching',
            actions: [{ type: 'recordClaim', params: ({ event }) => event.output }, 'tellInstalling'],
          },
          { target: 'waiting', actions: 'tellWaiting', description: 'another process makes this very tree' },
        ],
        onError: { target: '#natives.unavailable', actions: { type: 'recordFault', params: fault } },
      },
    },
    waiting: {
      description: 'Until the other process has finished, or is no more.',
      on: {
        'natives.cancel': { target: '#natives.unavailable', description: 'nothing of ours has begun' },
      },
      invoke: {
        id: 'awaitOther',
        src: 'awaitOther',
        input: targetOf,
        onDone: {
          target: '#natives.probing.lookingUp',
          description: 'its tree is there, or the turn is ours',
        },
        onError: { target: '#natives.unavailable', actions: { type: 'recordFault', params: fault } },
      },
    },
    fetching: {
      description:
        'Exactly the versions that the app has pinned, held against their hashes. No script of theirs runs.',
      invoke: {
        id: 'fetchNatives',
        src: 'fetchNatives',
        input: draftOf,
        onDone: { target: 'proving' },
        onError: abandon,
      },
    },
    proving: {
      description: 'Loads each of them in a child of the executable, never here (P-10).',
      invoke: {
        id: 'proveNatives',
        src: 'proveNatives',
        input: draftOf,
        onDone: [
          { guard: { type: 'wasLoaded', params: proof }, target: 'committing' },
          {
            guard: { type: 'isBuildable', params: proof },
            target: 'building',
            description: 'the app asks for a build where nothing ready-made loads',
          },
          {
            target: 'cleaning',
            actions: { type: 'recordRefusal', params: proof },
            description: 'what was fetched does not load in this executable',
          },
        ],
        onError: abandon,
      },
    },
    building: {
      description: 'Compiles them from their own source, against the headers of the executable.',
      invoke: {
        id: 'buildNatives',
        src: 'buildNatives',
        input: draftOf,
        onDone: { target: 'proving', actions: 'recordBuild' },
        onError: abandon,
      },
    },
    committing: {
      description: 'Tree list, flush, rename: the one step that counts.',
      on: { 'natives.cancel': { description: 'too late: a commit is finished, not interrupted' } },
      invoke: {
        id: 'commitTree',
        src: 'commitTree',
        input: draftOf,
        onDone: {
          target: '#natives.ready',
          actions: {
            type: 'recordTree',
            params: ({ event }: { event: { output: NativeTree } }) => event.output,
          },
        },
        onError: abandon,
      },
    },
    cleaning: {
      description: 'Waits until the abandoned step has really ended, then removes its scratch folder.',
      on: { 'natives.cancel': { description: 'already on the way' } },
      invoke: {
        id: 'cleanTree',
        src: 'cleanTree',
        input: remainsOf,
        onDone: { target: '#natives.unavailable' },
        onError: { target: '#natives.unavailable', description: 'what is left is swept by the next one' },
      },
    },
  },
});
