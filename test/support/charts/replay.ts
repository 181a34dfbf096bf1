import { expect } from 'vitest';
import { type AnyStateMachine, createActor, SimulatedClock } from 'xstate';
import type { createCoverage } from './coverage.ts';
import type { Path } from './exploration.ts';
import type { Trace } from './slots.ts';

/** A path in one line, for the message of a failing replay. */
export const describePath = (path: Path): string => path.map(({ event }) => event.type).join(' → ');

/**
 * Walks one path on effects that never settle by themselves: settled effects and timers arrive as the events of the path.
 * After every step the chart is where the model says.
 */
export const replay = (
  machine: AnyStateMachine,
  input: unknown,
  path: Path,
  trace: Trace,
  coverage: ReturnType<typeof createCoverage>,
) => {
  const actor = createActor(machine, { input, clock: new SimulatedClock(), inspect: coverage.inspect });
  const faults: unknown[] = [];
  actor.on('*', event => trace.push({ kind: 'told', event }));
  actor.subscribe({ error: error => faults.push(error) });
  actor.start();
  coverage.visit(actor);
  for (const { event, state } of path) {
    trace.push({ kind: 'sent', event });
    actor.send(event);
    const { value } = actor.getSnapshot();
    if (JSON.stringify(value) !== JSON.stringify(state.value))
      expect(value, describePath(path)).toEqual(state.value);
  }
  if (faults.length > 0) expect(faults, describePath(path)).toEqual([]);
  return actor;
};
