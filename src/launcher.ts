import { createActor } from 'xstate';
import type { Role } from '../machines/contract.ts';
import { defaultLaunchInput, type LaunchInput } from '../machines/launch.ts';
import { type LaunchActor, launchLogic } from './actors/launch.ts';
import { inspection } from './chart-inspection.ts';
import { watchNatives, watchSteps } from './chart-watch.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { createLaunchEffects, type LaunchListener } from './launching/effects.ts';
import {
  journalLaunch,
  type LaunchEvents,
  lateRollbacks,
  tellLaunch,
  tellNatives,
} from './launching/launch-events.ts';
import { launchNatives } from './launching/natives.ts';
import { launchSetup } from './launching/setup.ts';
import { createUpkeep } from './launching/upkeep.ts';
import type { StagedoorOptions } from './options.ts';
import { openRecorder } from './store/recorder.ts';

export { StagedoorError } from './failure.ts';
export type { LaunchEvents, StagedoorOptions };

/** What a launch came to. */
export type LauncherOutcome =
  | {
      readonly outcome: 'running';
      readonly version: string;
      readonly role: Role;
      readonly pid: number | null;
    }
  | { readonly outcome: 'exhausted'; readonly error: LaunchEvents['runtime:exhausted']['error'] }
  /** Stopped before anything ran. */
  | { readonly outcome: 'stopped' };

/** Launch only: what the start of an app needs. Nothing of the update side is loaded. */
export type Launcher = {
  readonly actor: LaunchActor;
  /** Launches once; called again, it gives what that came to. */
  start(): Promise<LauncherOutcome>;
  /** Resolves when the child has ended. */
  stop(): Promise<void>;
  /** Ends the child and starts what is staged now. */
  restart(): void;
  readonly on: Emitter<LaunchEvents & OutputEvents>['on'];
};

type OutputEvents = {
  'runtime:output': { readonly stream: 'stdout' | 'stderr'; readonly chunk: Buffer };
};

/** Throws a `TypeError` for a caller's mistake; touches no disk before `start`. */
export const createLauncher = (
  options: StagedoorOptions,
  input: LaunchInput = defaultLaunchInput,
): Launcher => {
  const setup = launchSetup(options);
  const journal = openRecorder(setup.fs, setup.layout, setup);
  const events = createEmitter<LaunchEvents & OutputEvents>();
  const upkeep = createUpkeep(setup, journal);
  const matchNatives = launchNatives(setup, {
    watch: () => watchNatives(journal.step),
    tell: tellNatives(events),
  });
  const listener: LaunchListener = {
    output: (stream, chunk) => events.emit('runtime:output', { stream, chunk }),
    recovered: lateRollbacks(events),
  };
  const effects = createLaunchEffects(setup, journal, listener, matchNatives);
  const inspect = inspection(watchSteps(journal.step, 'launch'), options.inspect);
  const actor = createActor(launchLogic(effects), { input, inspect });
  journalLaunch(events, journal);
  actor.on('*', event => {
    if (event.type === 'launch.ready') upkeep.begin(event.candidate);
    tellLaunch(events, event);
  });
  const ended = new Promise<void>((resolve, reject) => {
    actor.subscribe({ complete: resolve, error: reject });
  });
  ended.catch(() => effects.runtimes.end());

  const launch = (): Promise<LauncherOutcome> =>
    new Promise((resolve, reject) => {
      events.on('runtime:ready', ({ version, role, pid }) =>
        resolve({ outcome: 'running', version, role, pid }),
      );
      events.on('runtime:exhausted', ({ error }) => resolve({ outcome: 'exhausted', error }));
      ended.then(() => resolve({ outcome: 'stopped' }), reject);
      journal.begin();
      actor.start();
    });
  let launched: Promise<LauncherOutcome> | null = null;

  return {
    actor,
    start: () => {
      launched ??= launch();
      return launched;
    },
    stop: async () => {
      if (launched === null) return;
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'launch.stop' });
      await ended;
      await upkeep.idle();
    },
    restart: () => {
      if (launched !== null) actor.send({ type: 'launch.restart' });
    },
    on: events.on,
  };
};
