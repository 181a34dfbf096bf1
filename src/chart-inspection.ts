import type { InspectionEvent } from 'xstate';
import { mistake } from './launching/setup.ts';

/** What an app hands to XState to look at its actors: a function, or an observer such as that of an inspector. */
export type ChartInspector =
  | ((event: InspectionEvent) => void)
  | { readonly next?: (event: InspectionEvent) => void };

const listenerOf = (given: unknown): ((event: InspectionEvent) => void) => {
  if (typeof given === 'function') return event => given(event);
  if (typeof given === 'object' && given !== null && 'next' in given && typeof given.next === 'function') {
    const { next } = given;
    return event => next.call(given, event);
  }
  throw mistake('inspect', given, 'a function or an observer with "next"');
};

/**
 * Our own view of the actors, and the app's beside it. An observer that throws would wedge the actor for ever: the app's is
 * then left out, and its defect surfaces where it belongs. Throws a `TypeError` for what is no observer.
 */
export const inspection = (
  own: (event: InspectionEvent) => void,
  given: ChartInspector | undefined,
): ((event: InspectionEvent) => void) => {
  if (given === undefined) return own;
  let listener: ((event: InspectionEvent) => void) | null = listenerOf(given);
  return event => {
    own(event);
    try {
      listener?.(event);
    } catch (error) {
      listener = null;
      queueMicrotask(() => {
        throw error;
      });
    }
  };
};
