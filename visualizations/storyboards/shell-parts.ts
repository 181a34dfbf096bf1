import { createActor, SimulatedClock } from 'xstate';
import { launchLogic } from '#src/actors/launch.js';
import { type SupervisorActor, supervisorLogic } from '#src/actors/supervisor.js';
import { type UpdateEffects, updateLogic } from '#src/actors/update.js';
import { watchChildren } from '#src/chart-watch.js';
import { createEmitter, type Emitter } from '#src/emitter.js';
import type { StagedoorEvents, StagedoorOptions } from '#src/index.js';
import { runningNow } from '#src/launch-waits.js';
import { createLaunchEffects, type LaunchEffects, type LaunchListener } from '#src/launching/effects.js';
import { journalLaunch, lateRollbacks, tellLaunch } from '#src/launching/launch-events.js';
import { createUpkeep } from '#src/launching/upkeep.js';
import { readSettings } from '#src/settings.js';
import type { StagingEffects } from '#src/staging/effects.js';
import { stagingOnDemand } from '#src/staging-on-demand.js';
import type { FileSystem } from '#src/store/file-system.js';
import { openJournal } from '#src/store/journal.js';
import { createStoreVerbs, type StoreVerbs } from '#src/store-verbs.js';
import { tellUpdate } from '#src/update-events.js';
import { type ChartStep, watchSteps } from './chart-steps.ts';
import { gatedNatives } from './gated-natives.ts';
import { createGates, type Gates } from './gates.ts';
import { createProgress, type Progress } from './progress.ts';

export type ShellParts = {
  readonly actor: SupervisorActor;
  readonly clock: SimulatedClock;
  readonly events: Emitter<StagedoorEvents>;
  readonly gates: Gates;
  readonly progress: Progress;
  readonly staging: StagingEffects;
  readonly verbs: StoreVerbs;
};

/** Whose turn it is where several wait: the app first, then what tidies behind it, then updates and orders. */
export const turns = [
  ...[
    'recover',
    'resolve',
    'checkTree',
    'matchNatives',
    'askExecutable',
    'compareNatives',
    'findTree',
    'claimTree',
    'awaitOther',
    'fetchNatives',
    'buildNatives',
    'proveNatives',
    'commitTree',
    'cleanTree',
    'quarantine',
    'openAttempt',
    'recordReady',
    'settle',
    'recordTrusted',
  ],
  ...['tidy', 'check', 'adopt', 'download', 'extract', 'stageNatives', 'verify', 'commit', 'clean', 'change'],
] as const;
export type Turn = (typeof turns)[number];

const gatedLaunch = ({ gate }: Gates, progress: Progress, effects: LaunchEffects): LaunchEffects => ({
  recover: gate('recover', effects.recover),
  resolve: gate('resolve', effects.resolve),
  checkTree: gate('checkTree', effects.checkTree),
  matchNatives: effects.matchNatives,
  quarantine: gate('quarantine', effects.quarantine),
  openAttempt: gate('openAttempt', effects.openAttempt),
  recordReady: gate('recordReady', effects.recordReady),
  recordTrusted: gate('recordTrusted', effects.recordTrusted),
  settle: gate('settle', effects.settle),
  runtimes: progress.watched(effects.runtimes),
});

const gatedStaging = ({ gate }: Gates, effects: UpdateEffects): UpdateEffects => ({
  check: gate('check', effects.check),
  download: gate('download', effects.download),
  extract: gate('extract', effects.extract),
  matchNatives: effects.matchNatives,
  stageNatives: gate('stageNatives', effects.stageNatives),
  fetchNatives: effects.fetchNatives,
  verify: gate('verify', effects.verify),
  adopt: gate('adopt', effects.adopt),
  commit: gate('commit', effects.commit),
  clean: gate('clean', effects.clean),
  close: effects.close,
});

/** Neither too early nor too late, and the same in each film. */
const chance = (): number => 0.5;

/**
 * What `createStagedoor` puts together, from the same parts, with a gate before each effect, a clock that stands still until
 * it is told, and an ear on each step of the charts.
 */
export const assembleShell = (
  options: StagedoorOptions,
  fs: FileSystem,
  tell: (step: ChartStep) => void,
): ShellParts => {
  const settings = readSettings(options, fs);
  const gates = createGates();
  const progress = createProgress();
  const clock = new SimulatedClock();
  const events = createEmitter<StagedoorEvents>();
  const journal = openJournal(fs, settings.launch.layout);
  journalLaunch(events, journal);
  const upkeep = createUpkeep(settings.launch, journal);
  const staging = stagingOnDemand(settings);
  const tidy = gates.gate('tidy', (candidate: Parameters<typeof upkeep.begin>[0]) => {
    upkeep.begin(candidate);
    return upkeep.idle();
  });
  const matchNatives = gatedNatives(gates, settings.launch, staging, tell);
  const listener: LaunchListener = {
    output: (stream, chunk) => events.emit('runtime:output', { stream, chunk }),
    busy: (id, busy) => {
      if (actor.getSnapshot().status !== 'active') return;
      actor.send(busy ? { type: 'lease.taken', id, name: 'the runtime' } : { type: 'lease.ended', id });
    },
    recovered: lateRollbacks(events),
  };
  const effects = createLaunchEffects(settings.launch, journal, listener, matchNatives);
  const running = (): string | null => {
    const now = runningNow(actor.getSnapshot());
    return now?.outcome === 'running' ? now.version : null;
  };
  const verbs = createStoreVerbs(settings.launch, {
    running,
    isStarting: () => actor.getSnapshot().matches({ runtime: { launched: 'starting' } }),
  });
  const actor: SupervisorActor = createActor(
    supervisorLogic(
      launchLogic(gatedLaunch(gates, progress, effects)),
      updateLogic(
        gatedStaging(gates, { ...staging, matchNatives: effects.matchNatives }),
        (version, done) => events.emit('update:progress', { version, ...done }),
        chance,
      ),
      gates.gate('change', verbs.change),
      chance,
    ),
    {
      input: { schedule: settings.schedule, launch: settings.launchInput },
      clock,
      inspect: watchSteps(tell),
    },
  );
  const defect = (error: unknown): never => {
    throw error;
  };
  watchChildren(actor, {
    launch: event => {
      if (event.type === 'launch.ready') void tidy(event.candidate);
      tellLaunch(events, event);
    },
    update: event => tellUpdate(events, event),
    checking: origin => events.emit('update:checking', { origin }),
    defect,
    launchDefect: defect,
    updateDefect: defect,
  });
  return { actor, clock, events, gates, progress, staging, verbs };
};
