import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../process/identity.ts';
import { portTaken, probePlace } from '../process/port-taken.ts';
import type { ProbeSpec } from '../process/probe-spec.ts';
import { squattersOf } from '../process/squatters.ts';
import { endAll } from '../process/tree-kill.ts';
import { readAttempt } from '../store/attempts.ts';
import type { LaunchSetup } from './setup.ts';

/** An attempt of this store whose runtime has ended. One of another store, or of a runtime that lives, is none of ours. */
const isOver =
  ({ fs, layout }: LaunchSetup) =>
  (id: string): boolean => {
    const child = /^[a-z0-9-]+$/.test(id) ? readAttempt(fs, layout, id)?.child : null;
    if (child === null || child === undefined) return false;
    return child.token === null || !isAlive(child.token);
  };

/** A process that has ended may hold its sockets some moments longer: its other threads are still on their way out. */
const closingMs = 500;

const closes = async (probe: ProbeSpec): Promise<boolean> => {
  const end = performance.now() + closingMs;
  while (await portTaken(probe)) {
    if (performance.now() > end) return false;
    await pause(10);
  }
  return true;
};

/**
 * Ends helpers that runtimes of this store left on the port of the probe when they died: no candidate could start beside
 * them, not even the bundled one. True if the port is free now.
 */
export const freePort = async (setup: LaunchSetup): Promise<boolean> => {
  const place = probePlace(setup.probe);
  if (place !== null) await endAll(squattersOf(place.port, isOver(setup)));
  return closes(setup.probe);
};
