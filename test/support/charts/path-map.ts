import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { type ChartStep, createChart, type Moment } from '../model-check/chart-steps.ts';
import { factOf } from '../model-check/fact.ts';
import { type Exploration, eventsOf } from './exploration.ts';
import type { Sight } from './slots.ts';
import type { Order } from './supervisor-invariants.ts';

/** What a step shows: what fakes would have seen, or an order to a child that is a chart. */
export type Seen = Sight | Order;

/** One step from where a path has come to. */
export type Way = {
  readonly event: EventObject;
  /** Its place among the events of the state that it leaves. */
  readonly index: number;
  readonly next: Moment;
  /** The state that it leads to, by the projection. */
  readonly place: number;
  /** The same for equal events from states that are one by the projection. */
  readonly edge: string;
  readonly sights: readonly Seen[];
};

export type PathMap = {
  readonly start: Moment;
  readonly startPlace: number;
  readonly startSights: readonly Seen[];
  readonly waysFrom: (from: Moment) => readonly Way[];
  /** Different states by the projection that were met. */
  readonly places: () => number;
};

type Options = Pick<Exploration, 'input' | 'outcomes' | 'project'> & {
  readonly machine: AnyStateMachine;
  /** How an order to a child shows. */
  readonly ordered: (to: string, event: EventObject) => Seen;
};

/** As with an actor: children begin and hear orders when the step is over, all else comes at once. */
const sightsOf = ({ demands }: ChartStep, ordered: Options['ordered']): Seen[] => [
  ...demands.flatMap((demand): Seen[] => {
    if (demand.kind === 'abort') return [{ ...demand, input: null }];
    return demand.kind === 'told' ? [demand] : [];
  }),
  ...demands.flatMap((demand): Seen[] => {
    if (demand.kind === 'send') return [ordered(demand.to, demand.event)];
    return demand.kind === 'begin' ? [demand] : [];
  }),
];

/** The ways out of every state of a chart with its whole context, each computed once, purely. */
export const createPathMap = ({ machine, input, outcomes, project, ordered }: Options): PathMap => {
  const chart = createChart(machine, ({ context }) => context as object);
  const places = new Map<string, number>();
  const waysOut = new Map<Moment, readonly Way[]>();
  const placeOf = (snapshot: AnyMachineSnapshot): number => {
    const name = JSON.stringify(project(snapshot));
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const explored = (from: Moment): readonly Way[] => {
    if (from.snapshot.status !== 'active') return [];
    const here = placeOf(from.snapshot);
    return eventsOf(outcomes, from.snapshot).map((event, index) => {
      const fact = factOf(event);
      const step = chart.step(from, fact);
      const sights: readonly Seen[] = [{ kind: 'sent', event }, ...sightsOf(step, ordered)];
      return {
        event,
        index,
        next: step.next,
        place: placeOf(step.next.snapshot),
        edge: `${here} ${fact.id}`,
        sights,
      };
    });
  };
  const waysFrom = (from: Moment): readonly Way[] => {
    const ways = waysOut.get(from) ?? explored(from);
    waysOut.set(from, ways);
    return ways;
  };
  const first = chart.begin(input);
  return {
    start: first.next,
    startPlace: placeOf(first.next.snapshot),
    startSights: sightsOf(first, ordered),
    waysFrom,
    places: () => places.size,
  };
};
