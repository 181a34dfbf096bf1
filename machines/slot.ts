import {
  type CallbackActorLogic,
  type EventObject,
  fromCallback,
  fromPromise,
  type PromiseActorLogic,
} from 'xstate';
import { failureOf } from './failure.ts';

/** A named place for an effect. The chart declares it, `src/actors/` fills it; unfilled, it rejects naming itself. */
export const slot = <Output, Input>(name: string): PromiseActorLogic<Output, Input> =>
  fromPromise<Output, Input>(() =>
    Promise.reject(failureOf({ message: `nothing fills the slot '${name}'` })),
  );

/** The same for an effect that lives as long as its state and sends events. Unfilled, it stays silent. */
export const listenerSlot = <Event extends EventObject, Input>(): CallbackActorLogic<Event, Input> =>
  fromCallback<Event, Input>(() => undefined);
