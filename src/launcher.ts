import { createActor } from 'xstate';
import { defaultLaunchInput, type LaunchInput } from '../machines/launch.ts';
import { type LaunchActor, launchLogic } from './actors/launch.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { createLaunchEffects } from './launching/effects.ts';
import { type LaunchEvents, tellLaunch } from './launching/launch-events.ts';
import { launchSetup } from './launching/setup.ts';
import { createUpkeep } from './launching/upkeep.ts';
import type { StagedoorOptions } from './options.ts';
import { openJournal } from './store/journal.ts';

export { StagedoorError } from './failure.ts';
export type { LaunchEvents, StagedoorOptions };

/** How a launch ended or what it began with. */
export type LauncherOutcome =
  | { readonly outcome: 'running'; readonly version: string; readonly pid: number | null }
  | { readonly outcome: 'exhausted'; readonly error: LaunchEvents['runtime:exhausted']['error'] };

/** Launch only: what the start of an app needs. Nothing of the update side is loaded. */
export type Launcher = {
  readonly actor: LaunchActor;
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
  const journal = openJournal(setup.fs, setup.layout);
  const events = createEmitter<LaunchEvents & OutputEvents>();
  const upkeep = createUpkeep(setup, journal);
  const effects = createLaunchEffects(setup, journal, {
    output: (stream, chunk) => events.emit('runtime:output', { stream, chunk }),
  });
  const actor = createActor(launchLogic(effects), { input });
  actor.on('*', event => {
    if (event.type === 'launch.ready') upkeep.begin(event.candidate);
    journal.append({ ...event, event: event.type });
    tellLaunch(events, event);
  });
  const ended = new Promise<void>((resolve, reject) => {
    actor.subscribe({ complete: resolve, error: reject });
  });
  ended.catch(() => effects.runtimes.signal('SIGTERM'));

  return {
    actor,
    start: () =>
      new Promise((resolve, reject) => {
        events.on('runtime:ready', ({ version, pid }) => resolve({ outcome: 'running', version, pid }));
        events.on('runtime:exhausted', ({ error }) => resolve({ outcome: 'exhausted', error }));
        ended.catch(reject);
        actor.start();
      }),
    stop: async () => {
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'launch.stop' });
      await ended;
      await upkeep.idle();
    },
    restart: () => actor.send({ type: 'launch.restart' }),
    on: events.on,
  };
};
