import type { StoreResult } from '../../machines/supervisor.ts';
import type { SupervisorSnapshot } from '../actors/supervisor.ts';
import { runningNow } from '../launch-waits.ts';
import type { Stagedoor, UpdateOutcome } from '../stagedoor.ts';
import type { UiState, UiTag } from './bridge.ts';
import type { UiText } from './ui-text.ts';

/** What is known beside the charts. */
export type Surroundings = {
  readonly managed: boolean;
  readonly isOnline: () => boolean;
  readonly isHeld: () => boolean;
  readonly textOf: UiText;
};

export type UiStates = {
  readonly get: () => UiState;
  /** Looks again after something beside the charts has changed. */
  readonly refresh: () => void;
  readonly subscribe: (listener: (state: UiState) => void) => () => void;
  readonly end: () => void;
};

/** What events have told and no chart keeps for a window. */
type Told = Pick<UiState, 'staged' | 'progress' | 'rolledBack' | 'outgrown'> & {
  readonly unreachable: boolean;
  /** A child is ended so that another one starts: until something runs, or nothing can. */
  readonly restarting: boolean;
};

const nothing: Told = {
  staged: null,
  progress: null,
  rolledBack: null,
  outgrown: null,
  unreachable: false,
  restarting: false,
};

const runtimeTags = ({ value, status }: SupervisorSnapshot, restarting: boolean): readonly UiTag[] => {
  const { runtime } = value;
  if (status !== 'active' || runtime === 'down') return ['down'];
  if (typeof runtime !== 'object') return [];
  switch (runtime.launched) {
    case 'starting':
      return [restarting ? 'restarting' : 'starting'];
    case 'healthy':
      return ['running'];
    case 'waitingForIdle':
      return ['running', 'waiting'];
    case 'applying':
      return ['restarting'];
    default:
      return [];
  }
};

const updateTags = ({ children }: SupervisorSnapshot): readonly UiTag[] => {
  const update = children.update?.getSnapshot();
  if (update?.hasTag('busy') !== true) return [];
  return update.matches({ working: 'checking' }) ? ['checking'] : ['downloading'];
};

const tagsOf = (snapshot: SupervisorSnapshot, told: Told, around: Surroundings): readonly UiTag[] => {
  const tags: readonly (UiTag | false)[] = [
    !around.managed && 'unmanaged',
    ...runtimeTags(snapshot, told.restarting),
    ...updateTags(snapshot),
    told.staged !== null && 'staged',
    told.rolledBack !== null && 'rolled-back',
    told.outgrown !== null && 'outgrown',
    ((told.unreachable && told.progress === null) || !around.isOnline()) && 'offline',
    around.isHeld() && 'held',
  ];
  return tags.filter(tag => tag !== false);
};

const draw = (snapshot: SupervisorSnapshot, told: Told, around: Surroundings): Omit<UiState, 'seq'> => {
  const running = runningNow(snapshot);
  const version = running?.outcome === 'running' ? running.version : null;
  const { rolledBack, outgrown } = told;
  // The version that runs is staged, too, and no restart is needed for it.
  const staged = told.staged?.version === version || version === null ? null : told.staged;
  const tags = tagsOf(snapshot, { ...told, staged }, around);
  return {
    tags,
    running: running?.outcome === 'running' ? { version: running.version, role: running.role } : null,
    staged,
    progress: tags.includes('downloading') ? told.progress : null,
    rolledBack,
    outgrown,
    waitingFor: tags.includes('waiting') ? snapshot.context.leases.map(({ name }) => name) : [],
  };
};

/** What was outgrown stays so until a check finds nothing above what is here. */
const outgrownAfter = (outcome: UpdateOutcome, before: Told['outgrown']): Told['outgrown'] => {
  if (outcome.outcome === 'up-to-date') return null;
  if (outcome.outcome !== 'outgrown') return before;
  const { version, needs, shell } = outcome;
  return { version, needs, shell };
};

/** An order moves the pointer, or keeps a restart from following it. */
const stagedAfter = (result: StoreResult, before: Told['staged']): Told['staged'] => {
  if (result.outcome === 'rolled-back') return null;
  return result.outcome === 'pinned' && result.version !== before?.version ? null : before;
};

/** From the end of the old child until another state than starting; what is started after a stop is a start. */
const restartingAfter = (state: string, before: boolean): boolean =>
  state.includes('launched.applying') || (before && state.includes('launched.starting'));

/** Keeps what the events tell; gives back what detaches from them. */
const listen = (
  stagedoor: Pick<Stagedoor, 'on' | 'actor'>,
  { textOf }: Surroundings,
  tell: (change: (told: Told) => Told) => void,
): (() => void) => {
  const { on, actor } = stagedoor;
  const orders = actor.on('supervisor.ordered', ({ change: { result } }) =>
    tell(told => ({ ...told, staged: stagedAfter(result, told.staged) })),
  );
  const leaves = [
    () => orders.unsubscribe(),
    on('runtime:starting', ({ version }) =>
      tell(told => ({ ...told, staged: told.staged?.version === version ? null : told.staged })),
    ),
    on('runtime:update-staged', ({ version }) => tell(told => ({ ...told, staged: { version } }))),
    on('update:progress', ({ version, phase, bytes, total }) =>
      // Flushing counts files.
      tell(told => ({
        ...told,
        progress: phase === 'flushing' ? told.progress : { version, phase, bytes, totalBytes: total },
      })),
    ),
    on('update:settled', outcome =>
      tell(told => ({
        ...told,
        progress: null,
        staged: outcome.outcome === 'already-staged' ? { version: outcome.version } : told.staged,
        outgrown: outgrownAfter(outcome, told.outgrown),
        unreachable: outcome.outcome === 'failed' && outcome.error.code === 'REGISTRY_UNREACHABLE',
      })),
    ),
    on('runtime:ready', ({ version }) =>
      tell(told => ({
        ...told,
        // What was staged before this launch was passed over by it, or is what runs now.
        staged: null,
        rolledBack: told.rolledBack?.running === version ? told.rolledBack : null,
      })),
    ),
    on('runtime:rolled-back', ({ version, reason, running }) =>
      tell(told => ({
        ...told,
        staged: told.staged?.version === version ? null : told.staged,
        rolledBack: { version, running, reason: textOf(reason) },
      })),
    ),
  ];
  return () => {
    for (const leave of leaves) leave();
  };
};

/** Goes on over a detach and a new attach: open windows drop what has a lower number than they have seen. */
let lastSeq = 0;

/** Follows charts and events; tells only what has changed, each time with a higher number. */
export const uiStates = (stagedoor: Pick<Stagedoor, 'on' | 'actor'>, around: Surroundings): UiStates => {
  const { actor } = stagedoor;
  const listeners = new Set<(state: UiState) => void>();
  let told = nothing;
  lastSeq += 1;
  let seq = lastSeq;
  let drawn = draw(actor.getSnapshot(), told, around);
  const get = (): UiState => ({ seq, ...drawn });
  const refresh = (): void => {
    const next = draw(actor.getSnapshot(), told, around);
    if (JSON.stringify(next) === JSON.stringify(drawn)) return;
    drawn = next;
    lastSeq += 1;
    seq = lastSeq;
    for (const listener of [...listeners]) listener(get());
  };
  const leave = listen(stagedoor, around, change => {
    told = change(told);
    refresh();
  });
  const charts = actor.subscribe({ next: refresh, error: refresh });
  // Heard in the middle of a step: what it leads to is looked at when it is done.
  const leaveCharts = stagedoor.on('chart:state', ({ chart, state }) => {
    if (chart === 'supervisor') told = { ...told, restarting: restartingAfter(state, told.restarting) };
    queueMicrotask(refresh);
  });
  return {
    get,
    refresh,
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => {
      leave();
      charts.unsubscribe();
      leaveCharts();
      listeners.clear();
    },
  };
};
