import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { CheckRequest } from '../machines/contract.ts';
import type { LaunchEmitted } from '../machines/launch.ts';
import type { UpdateEmitted } from '../machines/update.ts';
import type { SupervisorActor } from './actors/supervisor.ts';
import type { UpdateSnapshot } from './actors/update.ts';

/** What is heard of the charts while they run. */
export type ChildListener = {
  readonly launch: (event: LaunchEmitted) => void;
  readonly update: (event: UpdateEmitted) => void;
  /** The registry is being asked. */
  readonly checking: (origin: CheckRequest['origin']) => void;
  /** The supervisor has failed: a defect of ours. */
  readonly defect: (error: unknown) => void;
  /** The launch chart has failed; the supervisor goes on. */
  readonly launchDefect: (error: unknown) => void;
  /** The update chart has failed; the app goes on without updates. */
  readonly updateDefect: (error: unknown) => void;
};

export type ChartName = 'supervisor' | 'launch' | 'update';

/** `{a: {b: 'c'}}` as `a.b.c`; regions of a parallel state are joined by a space. */
export const statePath = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([name, inner]) => {
      const below = statePath(inner);
      return below === ''
        ? name
        : below
            .split(' ')
            .map(part => `${name}.${part}`)
            .join(' ');
    })
    .join(' ');
};

/** Names the chart of an inspected actor; other actors (effects) have no name here. */
const chartOf = (ref: InspectionEvent['actorRef'], rootId: string): ChartName | null => {
  if (ref.sessionId === rootId) return 'supervisor';
  const id: unknown = 'id' in ref ? ref.id : null;
  return id === 'launch' || id === 'update' ? id : null;
};

/** Reports every state that a chart enters, also those that are left in the same step. */
export const watchStates = (report: (chart: ChartName, state: string) => void) => {
  const last = new Map<string, string>();
  return (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return;
    const chart = chartOf(event.actorRef, event.rootId);
    if (chart === null || !('value' in event.snapshot)) return;
    const state = statePath(event.snapshot.value);
    if (last.get(chart) === state) return;
    last.set(chart, state);
    report(chart, state);
  };
};

const tellChecks = (tell: ChildListener['checking']) => {
  let asking = false;
  return (snapshot: UpdateSnapshot): void => {
    const asks = snapshot.matches({ working: 'checking' });
    if (asks && !asking) tell(snapshot.context.origin);
    asking = asks;
  };
};

/** Follows the child charts of a supervisor. Each launch is a new actor: listeners move on to it. */
export const watchChildren = (actor: SupervisorActor, listener: ChildListener): void => {
  const known = new Set<string>();
  const isNew = (ref: AnyActorRef | undefined): ref is AnyActorRef => {
    if (ref === undefined || known.has(ref.sessionId)) return false;
    known.add(ref.sessionId);
    return true;
  };
  actor.subscribe({
    next: ({ children: { launch, update } }) => {
      if (isNew(launch)) {
        launch.on('*', listener.launch);
        launch.subscribe({ error: listener.launchDefect });
      }
      if (!isNew(update)) return;
      update.on('*', listener.update);
      // Whoever listens without `error` makes a failure of the chart an uncaught exception.
      update.subscribe({ next: tellChecks(listener.checking), error: listener.updateDefect });
    },
    error: listener.defect,
  });
};
