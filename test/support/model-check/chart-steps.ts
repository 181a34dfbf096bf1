import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from 'xstate';
import { inputEssence } from './essence.ts';
import { inOrder } from './fact.ts';

/** What one step of a chart asks of the outside, in its order. */
export type Demand =
  | { readonly kind: 'begin'; readonly slot: string; readonly input: unknown }
  | { readonly kind: 'abort'; readonly slot: string }
  | { readonly kind: 'send'; readonly to: string; readonly event: EventObject }
  | { readonly kind: 'told'; readonly event: EventObject };

/** A state of a chart that the future can tell from every other one. */
export type Moment = {
  readonly id: number;
  readonly snapshot: AnyMachineSnapshot;
  /** The effects and children at work with what they were given. */
  readonly slots: ReadonlyMap<string, unknown>;
  /** Timers that have not fired. */
  readonly armed: readonly string[];
};
export type ChartStep = { readonly next: Moment; readonly demands: readonly Demand[] };

/** An event under a short name; equal names stand for equal events. */
export type Fact = { readonly id: number; readonly name: string; readonly event: EventObject };

export type Chart = {
  begin(input: unknown): ChartStep;
  step(moment: Moment, fact: Fact): ChartStep;
  /** Different states and steps seen so far. */
  size(): { readonly states: number; readonly steps: number };
};

/** The half-private shape of what `transition` gives back beside the snapshot. */
type Executable = { readonly type: string; readonly params: unknown };
type Ref = { readonly id: string };
type Raise = { readonly event: EventObject; readonly delay: number | undefined; readonly id: string };
type Spawn = { readonly id: string; readonly input: unknown; readonly actorRef: Ref };
type Send = { readonly to: Ref | undefined; readonly event: EventObject };

type Progress = {
  readonly slots: Map<string, unknown>;
  readonly armed: Set<string>;
  readonly demands: Demand[];
};

/** A child that is stopped in the very step that made it never starts. */
const stillborn = (actions: readonly Executable[]): ReadonlySet<unknown> => {
  const made = actions.flatMap(({ type, params }) =>
    type === 'xstate.spawnChild' ? [(params as Spawn).actorRef] : [],
  );
  const stopped = new Set(
    actions.flatMap(({ type, params }) => (type === 'xstate.stopChild' ? [params] : [])),
  );
  return new Set(made.filter(ref => stopped.has(ref)));
};

const carryOut = (actions: readonly Executable[], { slots, armed, demands }: Progress): void => {
  const unborn = stillborn(actions);
  for (const { type, params } of actions) {
    if (type === 'xstate.spawnChild') {
      const { id, actorRef, ...spawned } = params as Spawn;
      if (unborn.has(actorRef)) continue;
      const input = inputEssence(id, spawned.input);
      slots.set(id, input);
      demands.push({ kind: 'begin', slot: id, input });
    } else if (type === 'xstate.stopChild') {
      const ref = params as Ref | undefined;
      if (ref === undefined || unborn.has(ref) || !slots.delete(ref.id)) continue;
      demands.push({ kind: 'abort', slot: ref.id });
    } else if (type === 'xstate.raise') {
      const { delay, id } = params as Raise;
      if (delay !== undefined) armed.add(id);
    } else if (type === 'xstate.cancel') {
      armed.delete(params as string);
    } else if (type === 'xstate.sendTo') {
      const { to, event } = params as Send;
      if (to !== undefined) demands.push({ kind: 'send', to: to.id, event });
    } else if (type === 'xstate.emit') {
      demands.push({ kind: 'told', event: (params as { event: EventObject }).event });
    }
  }
};

const settled = /^xstate\.(?:done|error)\.actor\.(.+)$/;

/**
 * One chart, stepped purely: no actor, no effect, no clock. States are kept once, and each step is computed once. The one
 * place here that knows half-private shapes of XState. `essence` drops from a context what no guard, delay or effect
 * that is modelled can ever see, so that the states are finite.
 */
export const createChart = (
  machine: AnyStateMachine,
  essence: (snapshot: AnyMachineSnapshot) => object,
): Chart => {
  const moments = new Map<string, Moment>();
  const known = new Map<number, ChartStep>();

  const momentOf = (raw: AnyMachineSnapshot, slots: Map<string, unknown>, armed: Set<string>): Moment => {
    const context = essence(raw);
    const timers = inOrder(armed);
    const key = JSON.stringify([raw.value, raw.status, context, [...slots], timers]);
    const earlier = moments.get(key);
    if (earlier !== undefined) return earlier;
    const snapshot = { ...raw, context } as AnyMachineSnapshot;
    const moment: Moment = { id: moments.size, snapshot, slots, armed: timers };
    moments.set(key, moment);
    return moment;
  };

  const arrive = (
    raw: AnyMachineSnapshot,
    actions: readonly Executable[],
    from: Moment | null,
    fired: string,
  ): ChartStep => {
    if (raw.status === 'error') throw raw.error;
    const slots = new Map(from?.slots);
    const armed = new Set(from?.armed);
    armed.delete(fired);
    const demands: Demand[] = [];
    carryOut(actions, { slots, armed, demands });
    const over = settled.exec(fired)?.[1];
    const anew = demands.some(demand => demand.kind === 'begin' && demand.slot === over);
    if (over !== undefined && !anew) slots.delete(over);
    return { next: momentOf(raw, slots, armed), demands };
  };

  return {
    begin: input => {
      const [raw, actions] = initialTransition(machine, input as never);
      return arrive(raw as AnyMachineSnapshot, actions as readonly Executable[], null, '');
    },
    step: (moment, fact) => {
      const key = moment.id * 2 ** 20 + fact.id;
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      const [raw, actions] = transition(machine, moment.snapshot, fact.event);
      const step = arrive(
        raw as AnyMachineSnapshot,
        actions as readonly Executable[],
        moment,
        fact.event.type,
      );
      known.set(key, step);
      return step;
    },
    size: () => ({ states: moments.size, steps: known.size }),
  };
};
