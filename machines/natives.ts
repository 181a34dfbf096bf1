import type { NativesComparison, NativeTree } from './contract.ts';
import { installing } from './natives/installing.ts';
import { outcomeOf, targetOf } from './natives/outcome.ts';
import { nativesSetup } from './natives/setup.ts';

export type { NativesContext, NativesEmitted, NativesEvent, NativesInput } from './natives/vocabulary.ts';

const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
const said = ({ event }: { event: { output: string | null } }): string | null => event.output;
const comparison = ({ event }: { event: { output: NativesComparison } }): NativesComparison => event.output;
const found = ({ event }: { event: { output: NativeTree | null } }): NativeTree | null => event.output;

/** Natives that fit the executable: those that are there, else a tree of their own for its ABI (N-05). */
export const nativesMachine = nativesSetup.createMachine({
  id: 'natives',
  description: 'Finds native modules that fit the executable, or installs a tree for its ABI.',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    ...input,
    tag: null,
    places: [],
    lacking: [],
    installable: false,
    tree: null,
    scratch: null,
    built: false,
    fault: null,
  }),
  output: ({ event }) => event.output as ReturnType<typeof outcomeOf>,
  initial: 'probing',
  states: {
    probing: {
      description: 'What is here already? Nothing is changed.',
      tags: ['busy'],
      initial: 'asking',
      on: {
        'natives.cancel': { target: 'unavailable', description: 'nobody waits for the answer any more' },
      },
      states: {
        asking: {
          description: 'The executable says itself what it loads; our own is not asked (N-02).',
          invoke: {
            id: 'askExecutable',
            src: 'askExecutable',
            onDone: [
              {
                guard: { type: 'isUnknown', params: said },
                target: '#natives.unavailable',
                description: 'it does not say: nobody can tell what fits',
              },
              { target: 'comparing', actions: { type: 'recordTag', params: said } },
            ],
            onError: { target: '#natives.unavailable', actions: { type: 'recordFault', params: fault } },
          },
        },
        comparing: {
          description: 'Reads the compiled files beside the runtime and in the bundle.',
          invoke: {
            id: 'compareNatives',
            src: 'compareNatives',
            input: targetOf,
            onDone: [
              {
                guard: { type: 'fitsAlready', params: comparison },
                target: '#natives.matched',
                actions: { type: 'recordComparison', params: comparison },
              },
              {
                guard: 'isSkipped',
                target: '#natives.skipped',
                actions: { type: 'recordComparison', params: comparison },
                description: 'the user wants no trees',
              },
              { target: 'lookingUp', actions: { type: 'recordComparison', params: comparison } },
            ],
            onError: { target: '#natives.unavailable', actions: { type: 'recordFault', params: fault } },
          },
        },
        lookingUp: {
          description: 'Is there a tree for this ABI, with the stamp that is wanted, and is it whole?',
          invoke: {
            id: 'findTree',
            src: 'findTree',
            input: targetOf,
            onDone: [
              {
                guard: { type: 'wasFound', params: found },
                target: '#natives.cached',
                actions: { type: 'recordTree', params: found },
                description: 'used without a word',
              },
              {
                guard: { type: 'isThere', params: found },
                target: '#natives.unavailable',
                description: 'one with this stamp lacks what is needed: made anew, it would be the same',
              },
              { guard: 'isInstallable', target: '#natives.installing' },
              {
                target: '#natives.unavailable',
                description: 'the app has pinned nothing that may be installed',
              },
            ],
            onError: { target: '#natives.unavailable', actions: { type: 'recordFault', params: fault } },
          },
        },
      },
    },
    installing,
    matched: {
      description: 'What lies beside the runtime or in the bundle fits.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'matched' },
      output: ({ context }) => outcomeOf('matched', context),
    },
    skipped: {
      description: 'Nothing fits, and no tree is wanted: the gate decides.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'skipped' },
      output: ({ context }) => outcomeOf('skipped', context),
    },
    cached: {
      description: 'A tree for this ABI was there.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'cached' },
      output: ({ context }) => outcomeOf('cached', context),
    },
    ready: {
      description: 'The tree for this ABI is there from now on.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: { type: 'tellSettled', params: 'ready' },
      output: ({ context }) => outcomeOf('ready', context),
    },
    unavailable: {
      description:
        'No tree: the gate refuses what is known to fit nowhere, and lets pass what nobody can tell.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: { type: 'tellSettled', params: 'unavailable' },
      output: ({ context }) => outcomeOf('unavailable', context),
    },
  },
});
