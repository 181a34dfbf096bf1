import { setTimeout as after } from 'node:timers/promises';
import type { SupervisorEvent } from '#machines/index.js';
import type { StagedoorOptions } from '#src/index.js';
import { signalGroup } from '#src/process/signalling.js';
import type { Layout } from '#src/store/layout.js';
import { type FaultyFileSystem, type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import type { Camera } from './camera.ts';
import { buryWriter } from './dead-writer.ts';
import { createPlayer } from './player.ts';
import { assembleShell, type Turn } from './shell-parts.ts';
import { openWindow } from './window-view.ts';

/** One process of the app: the charts on their real effects, one effect at a time. */
export type Shell = {
  /** Its disk: faults can be armed. */
  readonly disk: FaultyFileSystem;
  /** Lets everything happen that happens by itself, until nothing is left or until it holds. */
  readonly play: (until?: () => boolean) => Promise<void>;
  /** Until an effect of this name is about to begin. */
  readonly playTo: (name: Turn) => Promise<void>;
  /** Until the launch chart is there. */
  readonly playInto: (place: string) => Promise<void>;
  /** Begins one effect and does not wait for its end. */
  readonly begin: (name: Turn) => void;
  /** Tells the supervisor and lets nothing else happen yet. */
  readonly tell: (event: SupervisorEvent) => void;
  /** The same, and plays. */
  readonly send: (event: SupervisorEvent) => Promise<void>;
  /** Begins to start; nothing is played yet. */
  readonly open: () => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** The same, and its process ends. */
  readonly exit: () => Promise<void>;
  readonly update: () => Promise<void>;
  readonly restart: (consent?: boolean) => Promise<void>;
  readonly forgive: (version: string) => Promise<void>;
  /** Time passes, then whatever that brings. */
  readonly pass: (ms: number) => Promise<void>;
  /** The running child ends by itself, with this code. */
  readonly crash: (code?: number) => Promise<void>;
  /** The system, or a user, ends the running child. */
  readonly killRuntime: () => Promise<void>;
  readonly pid: () => number;
  /** Waits for a fact outside of the charts while work is under way. */
  readonly settles: (holds: () => boolean) => Promise<void>;
  /** The process is gone from one moment to the next, with its runtime. */
  readonly kill: (by: string, says: string) => Promise<void>;
  /** The same at an operation of its disk; `short`: half of a write is done. */
  readonly killAt: (
    moment: (operation: FileOperation) => boolean,
    by: string,
    says: string,
    short?: boolean,
  ) => Promise<void>;
  /** Behind the scenes: ends everything. */
  readonly dispose: () => Promise<void>;
};

export const openShell = (options: StagedoorOptions, layout: Layout, camera: Camera): Shell => {
  const disk = faultyFileSystem();
  let dead = false;
  const parts = assembleShell(options, disk.fs, step => {
    if (!dead) camera.step(step);
  });
  const { actor, clock, events, gates, progress, staging, verbs } = parts;
  const window = openWindow(events, text => {
    if (!dead) camera.repaint(text);
  });
  actor.on('supervisor.restartPending', ({ leases }) => window.restartPending(leases));
  let address: string | null = null;
  events.on('runtime:output', ({ chunk }) => {
    address = /listening on (http:\S+)\n/.exec(chunk.toString())?.[1] ?? address;
  });

  const { play, happen, mourn, noted } = createPlayer(parts, layout, camera, () => dead);
  const tell = (event: SupervisorEvent): void => {
    actor.start();
    actor.send(event);
  };
  const send = async (event: SupervisorEvent): Promise<void> => {
    tell(event);
    await play();
  };

  const die = (): void => {
    dead = true;
    actor.stop();
  };
  const end = async (by: string, says: string): Promise<void> => {
    disk.killAt(() => true);
    const pid = progress.pid();
    if (pid !== null) {
      signalGroup(pid, 'SIGKILL');
      while (!progress.hasEnded()) await happen();
    }
    while (progress.isBusy()) await happen();
    await staging.close();
    buryWriter(layout);
    camera.lose('The app is gone.');
    camera.outside(by, says);
  };

  return {
    disk,
    play,
    playTo: name => play(() => gates.waits(name)),
    playInto: place => play(() => camera.places().launch === place),
    begin: name => {
      const call = gates.first([name]);
      if (call === undefined) throw new TypeError(`nobody waits at ${name}`);
      void progress.track(call.begin());
    },
    tell,
    send,
    open: () => {
      window.paint();
      tell({ type: 'supervisor.start' });
    },
    start: async () => {
      window.paint();
      await send({ type: 'supervisor.start' });
    },
    stop: async () => {
      await send({ type: 'supervisor.stop' });
    },
    exit: async () => {
      await send({ type: 'supervisor.stop' });
      die();
      await staging.close();
      buryWriter(layout);
      camera.lose('The app is closed.');
      camera.outside('the app', 'Its process has ended.');
    },
    update: () => send({ type: 'supervisor.update' }),
    restart: (consent = false) => send({ type: 'supervisor.restart', consent }),
    forgive: async version => {
      await verbs.forgive(version);
    },
    pass: async ms => {
      clock.increment(ms);
      await play();
    },
    crash: async (code = 1) => {
      if (address !== null) await fetch(`${address}/die?code=${code}`);
      await mourn();
    },
    killRuntime: async () => {
      signalGroup(progress.pid() ?? 0, 'SIGKILL');
      await mourn();
    },
    settles: async holds => {
      while (!holds()) await after(5);
    },
    pid: () => progress.pid() ?? 0,
    kill: async (by, says) => {
      await noted();
      await play(() => true);
      die();
      await end(by, says);
    },
    killAt: async (moment, by, says, short = false) => {
      await noted();
      disk.killAt(
        operation => {
          const hit = moment(operation);
          if (hit) die();
          return hit;
        },
        { short },
      );
      await play();
      await end(by, says);
    },
    dispose: async () => {
      if (dead) return;
      await send({ type: 'supervisor.stop' });
      dead = true;
      actor.stop();
      await staging.close();
    },
  };
};
