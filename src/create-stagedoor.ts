import { randomUUID } from 'node:crypto';
import { createActor } from 'xstate';
import { failureOf } from '../machines/failure.ts';
import { unrefClock } from './actors/clock.ts';
import { launchLogic } from './actors/launch.ts';
import { type SupervisorActor, supervisorLogic } from './actors/supervisor.ts';
import { updateLogic } from './actors/update.ts';
import { inspection } from './chart-inspection.ts';
import { type ChartStep, watchChildren, watchNatives, watchSteps } from './chart-watch.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { toFailure } from './failure.ts';
import { type Following, followOnDemand } from './follow/following.ts';
import { keepAlive } from './keep-alive.ts';
import { atRest, launchOutcome, restartOutcome, runningNow } from './launch-waits.ts';
import { createLaunchEffects, type LaunchListener } from './launching/effects.ts';
import { journalLaunch, lateRollbacks, tellLaunch, tellNatives } from './launching/launch-events.ts';
import { launchNatives } from './launching/natives.ts';
import { checkVersion, mistake } from './launching/setup.ts';
import { createUpkeep, type Upkeep } from './launching/upkeep.ts';
import { installOnDemand } from './natives-on-demand.ts';
import type { StagedoorOptions } from './options.ts';
import { createOrders, keepOrders } from './orders.ts';
import { readSettings, type Settings } from './settings.ts';
import type { LaunchOutcome, Stagedoor, StagedoorEvents, UpdateOutcome } from './stagedoor.ts';
import type { StagingEffects } from './staging/effects.ts';
import { stagingOnDemand } from './staging-on-demand.ts';
import type { Journal } from './store/journal.ts';
import { openRecorder, type Recorder } from './store/recorder.ts';
import { createStoreVerbs, type StoreVerbs } from './store-verbs.ts';
import { tellUpdate } from './update-events.ts';

type Events = Emitter<StagedoorEvents>;

type Parts = {
  readonly settings: Settings;
  readonly events: Events;
  readonly journal: Recorder;
  readonly following: Following | null;
  readonly staging: StagingEffects;
  readonly upkeep: Upkeep;
  readonly verbs: StoreVerbs;
  readonly actor: SupervisorActor;
  /** Ends what a failed chart would leave running. */
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly write: (chunk: Buffer) => void;
};

const keepJournal = (events: Events, journal: Journal): void => {
  journalLaunch(events, journal);
  for (const name of ['update:settled', 'update:outgrown', 'runtime:update-staged'] as const) {
    events.on(name, event => journal.append({ ...event, event: name }));
  }
};

/** The version that is up now. */
const runningVersion = (actor: SupervisorActor): string | null => {
  const now = runningNow(actor.getSnapshot());
  return now?.outcome === 'running' ? now.version : null;
};

const assemble = (options: StagedoorOptions): Parts => {
  const settings = readSettings(options);
  const { fs, layout, packageName } = settings.launch;
  const events = createEmitter<StagedoorEvents>();
  const following = settings.follow === null ? null : followOnDemand(settings.follow);
  const journal = openRecorder(fs, layout, { packageName, tell: following?.tell });
  const staging = stagingOnDemand(settings);
  const upkeep = createUpkeep(settings.launch, journal);
  const tellStep = (step: ChartStep): void => {
    journal.step(step);
    if (step.moved) events.emit('chart:state', { chart: step.chart, state: step.state });
  };
  const matchNatives = launchNatives(settings.launch, {
    install: installOnDemand(staging.fetchNatives),
    watch: () => watchNatives(tellStep),
    tell: tellNatives(events),
  });
  const listener: LaunchListener = {
    output: (stream, chunk) => events.emit('runtime:output', { stream, chunk }),
    busy: (attempt, busy) =>
      actor.send(
        busy
          ? { type: 'lease.taken', id: attempt, name: 'the runtime' }
          : { type: 'lease.ended', id: attempt },
      ),
    recovered: lateRollbacks(events),
  };
  const effects = createLaunchEffects(settings.launch, journal, listener, matchNatives);
  const verbs = createStoreVerbs(settings.launch, {
    running: () => runningVersion(actor),
    isStarting: () => actor.getSnapshot().matches({ runtime: { launched: 'starting' } }),
  });
  const actor: SupervisorActor = createActor(
    supervisorLogic(
      launchLogic(effects),
      updateLogic({ ...staging, matchNatives }, (version, progress) =>
        events.emit('update:progress', { version, ...progress }),
      ),
      verbs.change,
    ),
    {
      input: { schedule: settings.schedule, launch: settings.launchInput },
      clock: unrefClock,
      inspect: inspection(watchSteps(tellStep), options.inspect),
    },
  );
  watchChildren(actor, {
    launch: event => {
      if (event.type === 'launch.ready') upkeep.begin(event.candidate);
      tellLaunch(events, event);
    },
    update: event => tellUpdate(events, event),
    checking: origin => events.emit('update:checking', { origin }),
    launchDefect: error => {
      effects.runtimes.end();
      journal.append({ event: 'chart.defect', failure: toFailure(error) });
    },
    updateDefect: error => journal.append({ event: 'chart.defect', failure: toFailure(error) }),
    defect: error => {
      // A chart that failed aborts nothing: the launch is stopped here, and the host is told.
      actor.getSnapshot().children.launch?.send({ type: 'launch.stop' });
      const failure = toFailure(error);
      journal.append({ event: 'chart.defect', failure });
      events.emit('runtime:exhausted', { error: failure });
    },
  });
  keepJournal(events, journal);
  keepOrders(actor, journal);
  keepAlive(actor);
  const { signal, write } = effects.runtimes;
  return { settings, events, journal, following, staging, upkeep, verbs, actor, signal, write };
};

/**
 * The whole thing in one Node process: options become adapters, adapters fill the charts, one actor runs them. Throws a
 * `TypeError` for a caller's mistake; touches no disk before the first verb.
 */
export const createStagedoor = (options: StagedoorOptions): Stagedoor => {
  const { actor, events, journal, following, staging, upkeep, verbs, signal, write } = assemble(options);
  let begun = false;
  const begin = (): void => {
    if (actor.getSnapshot().status !== 'active') return;
    begun = true;
    journal.begin();
    actor.start();
  };
  const send = (event: Parameters<SupervisorActor['send']>[0]): void => {
    begin();
    if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  /** What speaks of work in flight means nothing to an app that has begun none, and leaves no trace on its disk. */
  const sendIfBegun = (event: Parameters<SupervisorActor['send']>[0]): void => {
    if (begun) send(event);
  };
  const orders = createOrders(actor, begin);
  const ask = (type: 'supervisor.check' | 'supervisor.update'): Promise<UpdateOutcome> =>
    new Promise(resolve => {
      begin();
      const { status, children } = actor.getSnapshot();
      if (status !== 'active' || children.update?.getSnapshot().status !== 'active') {
        resolve({ outcome: 'failed', error: failureOf({ message: 'a chart has failed before' }) });
        return;
      }
      const detach = events.on('update:settled', outcome => {
        detach();
        resolve(outcome);
      });
      send({ type });
    });

  const start = async (): Promise<LaunchOutcome> => {
    // A start in the middle of a stop means what it says.
    if (actor.getSnapshot().matches({ runtime: { launched: 'stopping' } })) await atRest(actor);
    const running = runningNow(actor.getSnapshot());
    return running ?? launchOutcome(actor, events, () => send({ type: 'supervisor.start' }));
  };

  return {
    actor,
    start,
    stop: async ({ signal: forwarded } = {}) => {
      sendIfBegun({ type: 'supervisor.stop', signal: forwarded });
      if (begun) await atRest(actor);
      await upkeep.idle();
      await staging.close();
      await following?.flush();
    },
    restart: async ({ when = 'idle' } = {}) => {
      if (when !== 'idle' && when !== 'now') throw mistake('when', when, '"idle" or "now"');
      const { runtime } = actor.getSnapshot().value;
      if (runtime === 'dormant' || runtime === 'stopped') return start();
      return restartOutcome(actor, events, () =>
        send({ type: 'supervisor.restart', consent: when === 'now' }),
      );
    },
    check: () => ask('supervisor.check'),
    update: () => ask('supervisor.update'),
    cancel: () => sendIfBegun({ type: 'supervisor.cancel' }),
    wake: () => sendIfBegun({ type: 'supervisor.wake' }),
    hold: () => send({ type: 'supervisor.hold' }),
    release: () => send({ type: 'supervisor.release' }),
    lease: name => {
      if (typeof name !== 'string') throw mistake('name', name, 'a text');
      const id = randomUUID();
      send({ type: 'lease.taken', id, name });
      return () => send({ type: 'lease.ended', id });
    },
    status: () => verbs.status(),
    explain: async version => verbs.explain(version === undefined ? undefined : checkVersion(version)),
    rollback: async version => orders.rollback(version === undefined ? undefined : checkVersion(version)),
    pin: async version => orders.pin(checkVersion(version)),
    unpin: () => orders.unpin(),
    forgive: async version => {
      const result = await verbs.forgive(checkVersion(version));
      if (result.outcome === 'forgiven') journal.append({ ...result, event: 'order:forgive' });
      return result;
    },
    on: events.on,
    signal,
    write,
  };
};
