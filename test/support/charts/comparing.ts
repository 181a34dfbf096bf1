import { onTestFinished } from 'vitest';
import { createActor } from 'xstate';
import type { NativesComparison, NativesProof, NativeTree } from '#machines/contract.js';
import { type NativesEmitted, type NativesInput, nativesMachine } from '#machines/natives.js';
import { nativeTag, nativeTree, subject } from './natives-events.ts';
import { breathe, nativesSlots, type Trace } from './slots.ts';

/** The chart of natives on scripted effects; each verb brings it one step further. */
export const beginComparing = (mode: NativesInput['mode'] = 'auto') => {
  const trace: Trace = [];
  const slots = nativesSlots(trace);
  const told: NativesEmitted[] = [];
  const actor = createActor(nativesMachine.provide({ actors: slots.actors }), { input: { mode, subject } });
  actor.on('*', event => told.push(event));
  actor.start();
  onTestFinished(() => {
    actor.stop();
  });
  const heard = async (settle: () => void): Promise<void> => {
    settle();
    await breathe();
  };

  const run = {
    actor,
    slots,
    told,
    trace,
    state: () => actor.getSnapshot(),
    at: (path: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
      actor.getSnapshot().matches(path),
    outcome: () => actor.getSnapshot().output,
    /** The effects that have begun, in their order. */
    begun: () => trace.flatMap(sight => (sight.kind === 'begin' ? [sight.slot] : [])),
    /** What the user may be told before the end. */
    lines: () => told.filter(({ type }) => type !== 'natives.settled').map(({ type }) => type),
    cancel: () => heard(() => actor.send({ type: 'natives.cancel' })),
    asked: (tag: string | null = nativeTag) => heard(() => slots.askExecutable.resolve(tag)),
    compared: (comparison: NativesComparison) => heard(() => slots.compareNatives.resolve(comparison)),
    lookedUp: (tree: NativeTree | null) => heard(() => slots.findTree.resolve(tree)),
    claimed: (scratch: string | null = 'scratch-1') => heard(() => slots.claimTree.resolve(scratch)),
    otherEnded: () => heard(() => slots.awaitOther.resolve()),
    fetched: () => heard(() => slots.fetchNatives.resolve()),
    proven: (proof: NativesProof = { kind: 'loaded' }) => heard(() => slots.proveNatives.resolve(proof)),
    built: () => heard(() => slots.buildNatives.resolve()),
    committed: (tree: NativeTree = nativeTree) => heard(() => slots.commitTree.resolve(tree)),
    cleaned: () => heard(() => slots.cleanTree.resolve()),
    /** From the beginning to where trees are looked for. */
    searching: async (comparison: NativesComparison) => {
      await run.asked();
      await run.compared(comparison);
    },
    /** From the beginning to the claim of a tree that nobody has. */
    installing: async (comparison: NativesComparison) => {
      await run.searching(comparison);
      await run.lookedUp(null);
    },
  };
  return run;
};

export type Comparing = ReturnType<typeof beginComparing>;
