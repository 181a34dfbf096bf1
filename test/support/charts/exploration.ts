import type { AnyStateMachine } from 'xstate';
import { __unsafe_getAllOwnEventDescriptors, type AnyMachineSnapshot, type EventObject } from 'xstate';
import { TestModel } from 'xstate/graph';

export type Step = { readonly event: EventObject; readonly state: AnyMachineSnapshot };
export type Path = readonly Step[];

export type Exploration = {
  readonly input: unknown;
  /** The events of one descriptor that are worth exploring in a state; undefined: the bare event. */
  readonly outcomes: (type: string, state: AnyMachineSnapshot) => readonly EventObject[] | undefined;
  /** All that guards and effects depend on; what is not in it merges states. */
  readonly project: (state: AnyMachineSnapshot) => unknown;
  readonly limit: number;
};

/** The effect that a settled event belongs to. */
const settledBy = (type: string): string | undefined =>
  /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(type)?.[1];

/** `done` and `error` of an effect, as the chart hears them. */
export const done = (id: string, output?: unknown): EventObject => {
  const event = { type: `xstate.done.actor.${id}`, output, actorId: id };
  return event;
};
export const broke = (id: string, error: unknown): EventObject => {
  const event = { type: `xstate.error.actor.${id}`, error, actorId: id };
  return event;
};
export const isSettled = (event: EventObject, id: string): boolean => settledBy(event.type) === id;

/**
 * Shortest paths that together take every edge of the chart once from every state that differs in the projection. The one
 * place that knows the half-private names of `xstate/graph`: own event descriptors and synthetic settled events.
 */
export const explore = (machine: AnyStateMachine, options: Exploration): readonly Path[] => {
  const { input, outcomes, project, limit } = options;
  const name = (state: AnyMachineSnapshot): string => JSON.stringify(project(state));
  const settings = {
    input,
    limit,
    events: (state: AnyMachineSnapshot) =>
      [...new Set(__unsafe_getAllOwnEventDescriptors(state))].flatMap(
        type => outcomes(type, state) ?? [{ type }],
      ),
    stopWhen: (state: AnyMachineSnapshot) => state.status !== 'active',
    serializeState: (state: AnyMachineSnapshot, event?: EventObject, before?: AnyMachineSnapshot) =>
      event === undefined || before === undefined
        ? name(state)
        : `${name(state)} via ${JSON.stringify(event)} from ${name(before)}`,
  };
  const model = new TestModel(machine as never, settings as never);
  return model.getShortestPaths().map(({ steps }) => steps.slice(1) as unknown as Path);
};
