import type { AnyActorRef, AnyStateMachine, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import { nodesOf } from './lint.ts';

const siblings = ({ source, eventType }: AnyTransitionDefinition): readonly AnyTransitionDefinition[] =>
  eventType === '' ? (source.always ?? []) : (source.transitions.get(eventType) ?? []);

/** A transition by source, event and place: `.provide()` makes new node objects. */
const keyOf = (transition: AnyTransitionDefinition): string | null => {
  const place = siblings(transition).indexOf(transition);
  return place < 0 ? null : `${transition.source.id} ${transition.eventType || 'always'} ${place}`;
};

export const transitionsOf = (machine: AnyStateMachine): string[] =>
  nodesOf(machine.root)
    .flatMap(node => [...[...node.transitions.values()].flat(), ...(node.always ?? [])])
    .flatMap(transition => keyOf(transition) ?? []);

export const statesOf = (machine: AnyStateMachine): string[] => nodesOf(machine.root).map(node => node.id);

type Microstep = Extract<InspectionEvent, { type: '@xstate.microstep' }>;
const isMicrostep = (event: InspectionEvent): event is Microstep => event.type === '@xstate.microstep';

/** What runs of a chart have gone through. */
export const createCoverage = () => {
  const transitions = new Set<string>();
  const states = new Set<string>();
  return {
    transitions,
    states,
    inspect: (event: InspectionEvent): void => {
      if (!isMicrostep(event)) return;
      for (const transition of event._transitions) {
        const key = keyOf(transition);
        if (key !== null) transitions.add(key);
        // A first state that is left in the same moment is in no snapshot.
        states.add(transition.source.id);
      }
      const { snapshot } = event;
      if ('_nodes' in snapshot) for (const { id } of snapshot._nodes as { id: string }[]) states.add(id);
    },
    /** The actor's snapshot right after its start: the initial states are no microstep. */
    visit: (actor: AnyActorRef): void => {
      for (const { id } of (actor.getSnapshot() as { _nodes: { id: string }[] })._nodes) states.add(id);
    },
  };
};
