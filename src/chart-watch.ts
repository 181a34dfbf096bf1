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

export type ChartName = 'supervisor' | 'launch' | 'update' | 'natives' | 'plugin-install';

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
const chartOf = (ref: InspectionEvent['actorRef'], rootId: string, root: ChartName): ChartName | null => {
  if (ref.sessionId === rootId) return root;
  const id: unknown = 'id' in ref ? ref.id : null;
  return id === 'launch' || id === 'update' ? id : null;
};

/** One step of a chart: the event that made it, and where the chart stands then. */
export type ChartStep = {
  readonly chart: ChartName;
  /** The event's type, as the chart names it. */
  readonly by: string;
  readonly state: string;
  /** False: it stays where it was and only does or ignores something. */
  readonly moved: boolean;
  /** The version that is in work. */
  readonly version: string | null;
};

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : null;

/** The launch chart works on a candidate, the update chart on a release, the chart of natives for a candidate or none. */
const versionIn = (snapshot: unknown): string | null => {
  const context = at(snapshot, 'context');
  const version = at(
    at(context, 'candidate') ?? at(context, 'release') ?? at(at(context, 'subject'), 'candidate'),
    'version',
  );
  return typeof version === 'string' ? version : null;
};

/** Reports every step of the charts below (and with) a root, also states that are left in the same moment. It never throws. */
export const watchSteps = (report: (step: ChartStep) => void, root: ChartName = 'supervisor') => {
  const last = new Map<ChartName, { readonly actor: string; readonly state: string }>();
  return (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return;
    const { actorRef, snapshot, rootId } = event;
    const chart = chartOf(actorRef, rootId, root);
    if (chart === null || !('value' in snapshot)) return;
    const state = statePath(snapshot.value);
    const before = last.get(chart);
    const moved = before?.state !== state || before.actor !== actorRef.sessionId;
    if (!moved && (event.type === '@xstate.snapshot' || event._transitions.length === 0)) return;
    last.set(chart, { actor: actorRef.sessionId, state });
    report({ chart, by: String(at(event.event, 'type')), state, moved, version: versionIn(snapshot) });
  };
};

/**
 * Reports the steps of one run of the chart of natives. While it only looks they are held back: if it finds, or finds that
 * nothing can be done, its end is the one line that is worth it; from the first step towards a tree on, each is told.
 */
export const watchNatives = (report: (step: ChartStep) => void): ((event: InspectionEvent) => void) => {
  let held: ChartStep[] | null = [];
  return watchSteps(step => {
    held?.push(step);
    if (held !== null && step.state.startsWith('probing')) return;
    const due = held !== null && step.state.startsWith('installing') ? held : [step];
    held = null;
    for (const one of due) report(one);
  }, 'natives');
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
