import {
  __unsafe_getAllOwnEventDescriptors,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from 'xstate';
import { TestModel } from 'xstate/graph';
import { withoutPrefixes } from './prefixes.ts';

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

/** `done` and `error` of an effect, as the chart hears them. */
export const done = (id: string, output?: unknown): EventObject => {
  const event = { type: `xstate.done.actor.${id}`, output, actorId: id };
  return event;
};
export const broke = (id: string, error: unknown): EventObject => {
  const event = { type: `xstate.error.actor.${id}`, error, actorId: id };
  return event;
};
export const isSettled = ({ type }: EventObject, id: string): boolean =>
  type === `xstate.done.actor.${id}` || type === `xstate.error.actor.${id}`;

/** XState leaves out what a state only swallows. */
const descriptorsOf = (state: AnyMachineSnapshot): ReadonlySet<string> =>
  new Set([
    ...__unsafe_getAllOwnEventDescriptors(state),
    ...state._nodes.flatMap(({ transitions }) => [...transitions.keys()]),
  ]);

/** Everything that can happen in a state. */
export const eventsOf = (outcomes: Exploration['outcomes'], state: AnyMachineSnapshot): EventObject[] =>
  [...descriptorsOf(state)].flatMap(type => outcomes(type, state) ?? [{ type }]);

/** The first step from a state whose event fits; undefined if there is none. */
export const stepFrom = (
  machine: AnyStateMachine,
  { outcomes }: Exploration,
  state: AnyMachineSnapshot,
  fits: (event: EventObject) => boolean,
): Step | undefined => {
  const event = state.status === 'active' ? eventsOf(outcomes, state).find(fits) : undefined;
  if (event === undefined) return undefined;
  const [after] = transition(machine, state, event);
  return { event, state: after as AnyMachineSnapshot };
};

export const firstState = (
  machine: AnyStateMachine,
  { input }: Pick<Exploration, 'input'>,
): AnyMachineSnapshot => {
  const [state] = initialTransition(machine, input);
  return state as AnyMachineSnapshot;
};

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
    events: (state: AnyMachineSnapshot) => eventsOf(outcomes, state),
    stopWhen: (state: AnyMachineSnapshot) => state.status !== 'active',
    serializeState: (state: AnyMachineSnapshot, event?: EventObject, before?: AnyMachineSnapshot) =>
      event === undefined || before === undefined
        ? name(state)
        : `${name(state)} via ${JSON.stringify(event)} from ${name(before)}`,
  };
  const model = new TestModel(machine as never, settings as never);
  const paths = model.getShortestPaths({ allowDuplicatePaths: true } as never);
  return withoutPrefixes(paths.map(({ steps }) => steps as unknown as Path)).map(steps => steps.slice(1));
};

/** One step without an actor; unlike `xstate/graph` it bears children with a `systemId`. */
export const begun = (machine: AnyStateMachine, input: unknown): AnyMachineSnapshot =>
  initialTransition(machine, input as never)[0] as AnyMachineSnapshot;
export const stepped = (
  machine: AnyStateMachine,
  state: AnyMachineSnapshot,
  event: EventObject,
): AnyMachineSnapshot => transition(machine, state, event)[0] as AnyMachineSnapshot;

/** A path for every event of every state that differs in the projection; for a chart with children that are charts. */
export const exploreParent = (machine: AnyStateMachine, options: Exploration): readonly Path[] => {
  const { input, outcomes, project, limit } = options;
  const nameOf = (state: AnyMachineSnapshot): string => JSON.stringify(project(state));
  const start = begun(machine, input);
  const known = new Set([nameOf(start)]);
  const open: { readonly state: AnyMachineSnapshot; readonly path: Path }[] = [{ state: start, path: [] }];
  const paths: Path[] = [];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (next.state.status !== 'active') continue;
    for (const event of eventsOf(outcomes, next.state)) {
      const state = stepped(machine, next.state, event);
      const path = [...next.path, { event, state }];
      if (paths.push(path) > limit) throw new Error(`more than ${limit} paths`);
      if (known.has(nameOf(state))) continue;
      known.add(nameOf(state));
      open.push({ state, path });
    }
  }
  return paths;
};

/** The path of a choice after the other: what is chosen in a state happens there; null ends the path. */
export const follow = (
  machine: AnyStateMachine,
  { input, outcomes }: Pick<Exploration, 'input' | 'outcomes'>,
  choose: (events: readonly EventObject[], at: number) => EventObject | null,
): Path => {
  const steps: Step[] = [];
  let [state] = initialTransition(machine, input) as [AnyMachineSnapshot, unknown];
  for (;;) {
    const event = choose(eventsOf(outcomes, state), steps.length);
    if (event === null) return steps;
    [state] = transition(machine, state, event) as [AnyMachineSnapshot, unknown];
    steps.push({ event, state });
  }
};
