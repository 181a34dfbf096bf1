import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type EventObject,
  getInitialMicrosteps,
  getMicrosteps,
} from 'xstate';
import type { Chart } from './chart-data.ts';

type Action = { readonly type: string; readonly params?: unknown };
type Microstep = readonly [AnyMachineSnapshot, readonly Action[]];

/** What a chart has done with one event: pure, no effect has begun. */
export type Move = {
  readonly after: AnyMachineSnapshot;
  /** Arrows that were taken, in their order. */
  readonly edges: readonly string[];
  /** Why: the descriptions of what was taken and entered. */
  readonly says: readonly string[];
  /** What the host is told. */
  readonly emitted: readonly EventObject[];
  /** Orders to a child: `update ◂ update.defer`. */
  readonly orders: readonly string[];
  /** Effects and charts that begin to work. */
  readonly begun: readonly string[];
};

const paramsOf = ({ params }: Action): Readonly<Record<string, unknown>> =>
  typeof params === 'object' && params !== null ? Object.fromEntries(Object.entries(params)) : {};

const eventOf = (action: Action): EventObject | null => {
  const { event } = paramsOf(action);
  if (typeof event !== 'object' || event === null || !('type' in event)) return null;
  return { ...event, type: String(event.type) };
};

const eventsOf = (type: string, actions: readonly Action[]): EventObject[] =>
  actions.flatMap(action => (action.type === type ? (eventOf(action) ?? []) : []));

/** What xstate calls private: the active nodes, parents before children. */
export const nodesOf = (snapshot: AnyMachineSnapshot): readonly AnyStateNode[] =>
  '_nodes' in snapshot ? (snapshot._nodes as readonly AnyStateNode[]) : [];

/** A transition that waits for no event has led here, if one leads from there into what is active now. */
const alwaysTaken = (
  before: AnyMachineSnapshot,
  after: AnyMachineSnapshot,
): AnyTransitionDefinition | undefined =>
  nodesOf(before)
    .toReversed()
    .flatMap(({ always = [] }) => always)
    .find(({ target = [] }) => target.every(node => nodesOf(after).includes(node)));

/** What was taken in each microstep: xstate tells it only to those who inspect a running actor. */
const takenIn = (
  machine: AnyStateMachine,
  before: AnyMachineSnapshot,
  event: EventObject,
  steps: readonly Microstep[],
): AnyTransitionDefinition[] => {
  const queue: EventObject[] = [event];
  let from = before;
  return steps.flatMap(([to, actions]) => {
    const always = alwaysTaken(from, to);
    const next = always === undefined ? queue.shift() : undefined;
    const taken = always ?? (next === undefined ? [] : machine.getTransitionData(from, next));
    // With a delay it is a timer, not an event of this moment.
    const raised = actions.filter(action => paramsOf(action).delay === undefined);
    queue.push(...eventsOf('xstate.raise', raised));
    from = to;
    return taken;
  });
};

const describe = (said: unknown): string => (typeof said === 'string' ? said : '');

/** The innermost of what was entered: what is around it says less. */
const entered = (before: readonly AnyStateNode[], after: readonly AnyStateNode[]): AnyStateNode[] => {
  const fresh = after.filter(node => !before.includes(node));
  return fresh.filter(node => !fresh.some(other => other.parent === node));
};

const orderOf = (action: Action): string => {
  const { targetId, event } = paramsOf(action);
  const type = typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
  return `${String(targetId)} ◂ ${type}`;
};

const moveOf = (
  steps: readonly Microstep[],
  before: readonly AnyStateNode[],
  taken: readonly AnyTransitionDefinition[],
  { edgeOf }: Chart,
): Move => {
  const actions = steps.flatMap(([, own]) => own);
  const [after] = steps.at(-1) ?? [];
  if (after === undefined) throw new Error('a move without a step');
  const words = [...taken.map(({ description }) => describe(description))];
  const places = entered(before, nodesOf(after)).map(({ description }) => description ?? '');
  return {
    after,
    edges: taken.flatMap(transition => edgeOf.get(transition) ?? []),
    says: [...new Set([...words, ...places])].filter(text => text !== ''),
    emitted: eventsOf('xstate.emit', actions),
    orders: actions.filter(({ type }) => type === 'xstate.sendTo').map(orderOf),
    begun: actions
      .filter(({ type }) => type === 'xstate.spawnChild')
      .map(action => String(paramsOf(action).id)),
  };
};

/** Where a chart begins. */
export const firstMove = (chart: Chart, input: unknown): Move => {
  const steps = getInitialMicrosteps(chart.machine, input as never) as readonly Microstep[];
  const taken = steps.slice(1).flatMap(([to], at) => alwaysTaken(steps[at]?.[0] ?? to, to) ?? []);
  return moveOf(steps, [], taken, chart);
};

/** Where one event leads; null: the chart does not take it here. */
export const moveBy = (chart: Chart, before: AnyMachineSnapshot, event: EventObject): Move | null => {
  const steps = getMicrosteps(chart.machine, before, event) as readonly Microstep[];
  if (steps.length === 0) return null;
  return moveOf(steps, nodesOf(before), takenIn(chart.machine, before, event, steps), chart);
};

/** What a chart would take first of an event, its guards asked. */
export const takenBy = (
  { machine }: Chart,
  before: AnyMachineSnapshot,
  event: EventObject,
): readonly AnyTransitionDefinition[] => machine.getTransitionData(before, event) ?? [];
