import { createActor, fromPromise, type InspectionEvent, toPromise } from 'xstate';
import type {
  NativesComparison,
  NativesDraft,
  NativesOutcome,
  NativesProof,
  NativesRemains,
  NativesTarget,
  NativeTree,
} from '../../machines/contract.ts';
import { type NativesEmitted, type NativesInput, nativesMachine } from '../../machines/natives.ts';
import type { NativesEffects } from '../natives/effects.ts';
import { createLane } from './lane.ts';

export type NativesLogic = typeof nativesMachine;

type Slots = NonNullable<Parameters<NativesLogic['provide']>[0]['actors']>;
/** `provide` accepts a part; this makes every slot mandatory. */
type NativesActors = { [Slot in keyof Slots]-?: NonNullable<Slots[Slot]> };

const nativesActors = (effects: NativesEffects): NativesActors => {
  const lane = createLane();
  /** A claim may be made in the very moment of a cancel: the chart never hears of it, and it is given back all the same. */
  let claimed: string | null = null;
  return {
    askExecutable: fromPromise<string | null, void>(() => effects.ask()),
    compareNatives: fromPromise<NativesComparison, NativesTarget>(({ input, signal }) =>
      effects.compare(input, signal),
    ),
    findTree: fromPromise<NativeTree | null, NativesTarget>(({ input }) => effects.find(input)),
    claimTree: fromPromise<string | null, NativesTarget>(({ input, signal }) =>
      lane.run(async () => {
        claimed = await effects.claim(input, signal);
        return claimed;
      }),
    ),
    awaitOther: fromPromise<void, NativesTarget>(({ input, signal }) => effects.awaitOther(input, signal)),
    fetchNatives: fromPromise<void, NativesDraft>(({ input, signal }) =>
      lane.run(() => effects.fetch(input, signal)),
    ),
    buildNatives: fromPromise<void, NativesDraft>(({ input, signal }) =>
      lane.run(() => effects.build(input, signal)),
    ),
    proveNatives: fromPromise<NativesProof, NativesDraft>(({ input, signal }) =>
      lane.run(() => effects.prove(input, signal)),
    ),
    commitTree: fromPromise<NativeTree, NativesDraft>(({ input, signal }) =>
      lane.run(() => effects.commit(input, signal)),
    ),
    cleanTree: fromPromise<void, NativesRemains>(async ({ input: { tag, scratch } }) => {
      await lane.idle();
      const left = scratch ?? claimed;
      if (left !== null) await effects.clean({ tag, scratch: left });
    }),
  };
};

/** The chart of natives with its slots filled. */
export const nativesLogic = (effects: NativesEffects): NativesLogic =>
  nativesMachine.provide({ actors: nativesActors(effects) });

export type NativesListener = {
  readonly tell?: ((event: NativesEmitted) => void) | undefined;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
};

/** One run of the chart; an abort cancels it and waits until it has cleaned up. Rejects with the signal's reason, or a defect. */
export const runNatives = async (
  effects: NativesEffects,
  input: NativesInput,
  signal: AbortSignal,
  { tell, inspect }: NativesListener = {},
): Promise<NativesOutcome> => {
  signal.throwIfAborted();
  const actor = createActor(nativesLogic(effects), {
    input,
    ...(inspect === undefined ? {} : { inspect }),
  });
  if (tell !== undefined) actor.on('*', tell);
  const cancel = (): void => actor.send({ type: 'natives.cancel' });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const settled = toPromise(actor);
    actor.start();
    const outcome = await settled;
    signal.throwIfAborted();
    return outcome;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
