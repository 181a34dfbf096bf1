import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { NativesContext, NativesInput } from '#machines/natives.js';
import { broke, done, type Exploration } from '../charts/exploration.ts';
import { comparisons, nativeTag, nativeTree, refused } from '../charts/natives-events.ts';
import { failure } from '../charts/samples.ts';

/** An event of the chart with the word for what happens in the world when it comes. */
export type Worded = EventObject & { readonly word: string };
const say = (word: string, event: EventObject): Worded => ({ ...event, word });

/** Real trees of one stamp serve the same natives: one with half of what is pinned can't be had. */
const { bothPinned: _, ...possible } = comparisons;
export type Want = keyof typeof possible;
const wants = Object.keys(possible) as Want[];

/** Without pins there is no stamp, so no tree of it. */
const mayBeThere = ({ lacking, installable }: NativesContext): boolean => installable || lacking.length > 1;

const outcomes: Exploration['outcomes'] = (type, state) => {
  const context = state.context as NativesContext;
  switch (type) {
    case 'xstate.done.actor.askExecutable':
      return [say('said', done('askExecutable', nativeTag)), say('no runtime', done('askExecutable', null))];
    case 'xstate.done.actor.compareNatives':
      return wants.map(want => say(want, done('compareNatives', possible[want])));
    case 'xstate.done.actor.findTree':
      return [
        say('no tree', done('findTree', null)),
        ...(mayBeThere(context) ? [say('a tree', done('findTree', nativeTree))] : []),
      ];
    case 'xstate.done.actor.claimTree':
      return [say('claimed', done('claimTree', 'scratch')), say('another has it', done('claimTree', null))];
    case 'xstate.done.actor.proveNatives':
      return [
        say('loaded', done('proveNatives', { kind: 'loaded' })),
        say('refused', done('proveNatives', refused(true))),
      ];
    case 'xstate.done.actor.commitTree':
      return [say('committed', done('commitTree', nativeTree))];
    case 'natives.cancel':
      return [say('cancel', { type })];
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      // Nothing to remove, nothing that can go wrong.
      if (broken === 'cleanTree' && context.scratch === null) return [];
      if (broken !== undefined) return [say(`${broken} fails`, broke(broken, failure('DISK_FULL')))];
      const settled = /^xstate\.done\.actor\.(.+)$/.exec(type)?.[1];
      return settled === undefined ? undefined : [say(settled, done(settled))];
    }
  }
};

/** What real effects and the guards after them depend on. */
const project = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { lacking, installable, scratch, built, fault } = context as NativesContext;
  return [value, lacking, installable, scratch !== null, built, fault !== null];
};

export const explorationOf = (input: NativesInput): Exploration => ({
  input,
  outcomes,
  project,
  limit: 10_000,
});
