import { assign, emit, setup } from 'xstate';
import type {
  NativesComparison,
  NativesDraft,
  NativesOutcome,
  NativesProof,
  NativesRemains,
  NativesTarget,
  NativeTree,
} from '../contract.ts';
import { failureOf } from '../failure.ts';
import { slot } from '../slot.ts';
import { lackingNames, outcomeOf, serves } from './outcome.ts';
import type { NativesContext, NativesEmitted, NativesEvent, NativesInput } from './vocabulary.ts';

/** Types, slots, guards and actions of the chart of natives. */
export const nativesSetup = setup({
  types: {
    input: {} as NativesInput,
    context: {} as NativesContext,
    events: {} as NativesEvent,
    emitted: {} as NativesEmitted,
    output: {} as NativesOutcome,
    tags: {} as 'busy' | 'settled' | 'visible',
    children: {} as {
      askExecutable: 'askExecutable';
      compareNatives: 'compareNatives';
      findTree: 'findTree';
      claimTree: 'claimTree';
      awaitOther: 'awaitOther';
      fetchNatives: 'fetchNatives';
      buildNatives: 'buildNatives';
      proveNatives: 'proveNatives';
      commitTree: 'commitTree';
      cleanTree: 'cleanTree';
    },
  },
  actors: {
    askExecutable: slot<string | null, void>('askExecutable'),
    compareNatives: slot<NativesComparison, NativesTarget>('compareNatives'),
    findTree: slot<NativeTree | null, NativesTarget>('findTree'),
    claimTree: slot<string | null, NativesTarget>('claimTree'),
    awaitOther: slot<void, NativesTarget>('awaitOther'),
    fetchNatives: slot<void, NativesDraft>('fetchNatives'),
    buildNatives: slot<void, NativesDraft>('buildNatives'),
    proveNatives: slot<NativesProof, NativesDraft>('proveNatives'),
    commitTree: slot<NativeTree, NativesDraft>('commitTree'),
    cleanTree: slot<void, NativesRemains>('cleanTree'),
  },
  guards: {
    isUnknown: (_, tag: string | null) => tag === null,
    fitsAlready: (_, { lacking }: NativesComparison) => lacking.length === 0,
    isSkipped: ({ context }) => context.mode === 'skip',
    /** One in which something is missing that fits nowhere serves nobody. */
    wasFound: ({ context }, tree: NativeTree | null) => tree !== null && serves(tree, context),
    /** After `wasFound`: it is there, and serves nobody. */
    isThere: (_, tree: NativeTree | null) => tree !== null,
    isInstallable: ({ context }) => context.installable,
    wasClaimed: (_, scratch: string | null) => scratch !== null,
    wasLoaded: (_, proof: NativesProof) => proof.kind === 'loaded',
    isBuildable: ({ context }, proof: NativesProof) =>
      proof.kind === 'refused' && proof.buildable && !context.built,
  },
  actions: {
    recordTag: assign({ tag: (_, tag: string | null) => tag }),
    recordComparison: assign({
      places: (_, comparison: NativesComparison) => comparison.places,
      lacking: (_, comparison: NativesComparison) => comparison.lacking,
      installable: (_, comparison: NativesComparison) => comparison.installable,
    }),
    recordTree: assign({ tree: (_, tree: NativeTree | null) => tree }),
    recordClaim: assign({ scratch: (_, scratch: string | null) => scratch }),
    recordBuild: assign({ built: true }),
    recordRefusal: assign({
      fault: (_, proof: NativesProof) => (proof.kind === 'refused' ? proof.failure : null),
    }),
    recordFault: assign({ fault: (_, error: unknown) => failureOf(error) }),
    tellInstalling: emit(({ context }) => ({
      type: 'natives.installing' as const,
      tag: context.tag ?? '',
      names: lackingNames(context),
    })),
    tellWaiting: emit(({ context }) => ({
      type: 'natives.waiting' as const,
      tag: context.tag ?? '',
      names: lackingNames(context),
    })),
    tellSettled: emit(({ context }, kind: NativesOutcome['kind']) => ({
      type: 'natives.settled' as const,
      outcome: outcomeOf(kind, context),
    })),
  },
});
