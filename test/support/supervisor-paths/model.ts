import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createMachine,
  type EventObject,
  fromCallback,
  fromPromise,
  raise,
} from 'xstate';
import type { LaunchOutput } from '#machines/launch.js';
import {
  type StoreChange,
  type SupervisorContext,
  type SupervisorInput,
  supervisorMachine,
} from '#machines/supervisor.js';
import { broke, done, type Exploration } from '../charts/exploration.ts';
import { failure, schedule } from '../charts/samples.ts';
import type { Worded } from '../launch-paths/model.ts';
import { isFull } from '../proof/run.ts';

/** One death after ready is a crash loop, the backoff is no wait, and nothing grows trusted meanwhile. */
const launch = { restartBaseMs: 1, restartCapMs: 1, trustAfterMs: 2 ** 30, crashLimit: 1 };

export const inputs: readonly SupervisorInput[] = [
  { schedule, launch },
  { schedule: null, launch },
];

const say = (word: string, event: EventObject): Worded => ({ ...event, word });

const over = (word: string, output: LaunchOutput): Worded =>
  say(word, { type: 'launch.over', output } as EventObject);
const exhausted = over('nothing starts', {
  kind: 'exhausted',
  failure: failure('LAUNCH_EXITED_EARLY'),
  exit: null,
});
const ended = over('ended by intention', { kind: 'ended', exit: null });
const stopped = { kind: 'stopped' } as const;

const at = (state: AnyMachineSnapshot, ...names: readonly string[]): boolean =>
  names.some(name => state.matches({ runtime: { launched: name } }));

const endings = (state: AnyMachineSnapshot): Worded[] => {
  if (at(state, 'stopping')) return [over('ended as ordered', stopped)];
  const byItself = over('launch stopped by itself', stopped);
  if (at(state, 'healthy', 'waitingForIdle')) return [ended];
  // From health, a launch gets there only by way of an unproven one.
  return state.matches({ runtime: 'launched' }) ? [exhausted, byItself] : [];
};

const change = (leave: boolean): StoreChange =>
  leave
    ? { result: { outcome: 'rolled-back', from: '3.0.0', to: '2.0.0' }, leave }
    : { result: { outcome: 'unpinned', version: null }, leave };

const leases = ({ context }: AnyMachineSnapshot): readonly string[] =>
  (context as SupervisorContext).leases.map(({ id }) => id);

const outcomesOf = (type: string, state: AnyMachineSnapshot): readonly EventObject[] | undefined => {
  const held = leases(state);
  switch (type) {
    // Facts of the child charts arrive as what the supervisor makes of them.
    case 'xstate.snapshot.launch':
    case 'xstate.snapshot.update':
    case 'xstate.done.actor.launch':
    case 'runtime.lost':
      return [];
    // An update chart that broke never comes back: a test of its own.
    case 'xstate.error.actor.update':
      return [];
    case 'xstate.error.actor.launch':
      return [say('launch breaks', broke('launch', failure('INTERNAL')))];
    case 'runtime.proven':
      return at(state, 'starting') ? [say('proven', { type })] : [];
    case 'runtime.unproven':
      return at(state, 'healthy', 'waitingForIdle') ? [say('unproven', { type })] : [];
    case 'supervisor.release':
      // Before health the release waits for the first check until the launch says anything, and then for health.
      return at(state, 'starting', 'stopping') ? [] : [say(type, { type })];
    case 'launch.over':
      return endings(state);
    case 'update.landed':
      return [say('landed', { type })];
    case 'supervisor.restart':
      return [true, false].map(consent =>
        say(`restart${consent ? ' with consent' : ''}`, { type, consent } as EventObject),
      );
    case 'supervisor.order':
      return [say('order', { type, order: { kind: 'unpin' } } as EventObject)];
    case 'xstate.done.actor.changeStore':
      return [true, false].map(leave => say(leave ? 'left' : 'changed', done('changeStore', change(leave))));
    case 'xstate.error.actor.changeStore':
      return [say('order refused', broke('changeStore', failure('VERSION_UNKNOWN')))];
    case 'lease.taken':
      return ['a', 'b']
        .filter(id => !held.includes(id))
        .map(id => say(`lease ${id}`, { type, id, name: id } as EventObject));
    case 'lease.ended':
      return held.map(id => say(`end of lease ${id}`, { type, id } as EventObject));
    default:
      return [say(type.startsWith('xstate.after.') ? 'time' : type, { type })];
  }
};

const explorationBy = (input: SupervisorInput, project: Exploration['project']): Exploration => ({
  input,
  outcomes: outcomesOf,
  project,
  limit: 100_000,
});

type View = Exploration['project'];
const runtimeAndOrders: View = state => [state.value.runtime, state.value.orders, leases(state).length];
const runtimeAndUpdates: View = ({ value }) => [value.runtime, value.updates];
const runtime: View = state => [state.value.runtime, leases(state).length];
const orders: View = ({ value }) => [value.orders];
const updates: View = ({ value }) => [value.updates, typeof value.runtime];

/** The regions two by two: all three at once would give thousands of paths, and no effect depends on all three. */
export const explorationsOf = (input: SupervisorInput): readonly Exploration[] => {
  const short = input.schedule === null ? [updates] : [runtime, orders, updates];
  return (isFull ? [runtimeAndOrders, runtimeAndUpdates] : short).map(view => explorationBy(input, view));
};

/** A launch that begins or ends its child says at once that nothing is proven. */
const unproven: readonly string[] = [
  'The launch chart runs.',
  'The child is ended so that what is staged can start.',
];
const raiseUnproven = raise({ type: 'runtime.unproven' });

const alone = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(alone);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'systemId' && key !== 'onSnapshot');
  const own = Object.fromEntries(kept.map(([key, inner]) => [key, alone(inner)]));
  const description: unknown = own.description;
  return unproven.some(text => text === description) ? { ...own, entry: raiseUnproven } : own;
};

const silent = (): void => undefined;

/**
 * The same chart with silent children, which have no names in the system: the pure functions of xstate make every child anew
 * at each step.
 */
export const model: AnyStateMachine = createMachine(
  alone(supervisorMachine.config) as never,
  supervisorMachine.implementations as never,
).provide({
  actors: {
    launch: fromCallback(silent),
    update: fromCallback(silent),
    changeStore: fromPromise(() => new Promise(silent)),
  },
});
