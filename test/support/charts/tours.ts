import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { type Exploration, explore, firstState, type Path, type Step, stepFrom } from './exploration.ts';

const labelOf = (event: EventObject): string => JSON.stringify(event);

/**
 * Paths that together take every edge of the chart once from every state that differs in the projection, as few as come of
 * going on where a path ends: to an edge that none has taken, until there is none or `longest` steps are done. For effects
 * that are dear. Each step has the state that its own path leads to, not another one of the same projection.
 */
export const tours = (
  machine: AnyStateMachine,
  exploration: Exploration,
  longest: number,
): readonly Path[] => {
  const start = firstState(machine, exploration);
  const edge = (from: AnyMachineSnapshot, event: EventObject): string =>
    `${JSON.stringify(exploration.project(from))} ${labelOf(event)}`;
  const taken = new Set<string>();

  const go = (path: Step[], fits: (from: AnyMachineSnapshot, event: EventObject) => boolean): boolean => {
    const from = path.at(-1)?.state ?? start;
    const step = stepFrom(machine, exploration, from, event => fits(from, event));
    if (step === undefined) return false;
    taken.add(edge(from, step.event));
    path.push(step);
    return true;
  };

  const tour = (shortest: Path): Path => {
    const path: Step[] = [];
    for (const { event } of shortest) {
      const label = labelOf(event);
      if (!go(path, (_, offered) => labelOf(offered) === label)) break;
    }
    while (path.length < longest && go(path, (from, event) => !taken.has(edge(from, event))));
    return path;
  };

  return explore(machine, exploration)
    .toReversed()
    .flatMap(shortest => {
      const [before, last] = [shortest.at(-2)?.state ?? start, shortest.at(-1)];
      return last === undefined || taken.has(edge(before, last.event)) ? [] : [tour(shortest)];
    });
};
