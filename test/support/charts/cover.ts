import type { AnyStateMachine } from 'xstate';
import { createCoverage } from './coverage.ts';
import type { Path } from './exploration.ts';
import { replay } from './replay.ts';

/** The transitions that a path takes, found on effects that never settle. */
export const transitionsAlong = (
  machine: AnyStateMachine,
  input: unknown,
  path: Path,
): ReadonlySet<string> => {
  const coverage = createCoverage();
  replay(machine, input, path, [], coverage).stop();
  return coverage.transitions;
};

/** Few paths that together have every key that all of them have: the one that adds most first. */
export const cover = (paths: readonly Path[], keysOf: (path: Path) => Iterable<string>): Path[] => {
  const ways = paths.map(path => ({ path, left: new Set(keysOf(path)) }));
  const chosen: Path[] = [];
  for (;;) {
    const [best] = ways.toSorted((a, b) => b.left.size - a.left.size || a.path.length - b.path.length);
    if (best === undefined || best.left.size === 0) return chosen;
    chosen.push(best.path);
    const taken = new Set(best.left);
    for (const { left } of ways) for (const key of taken) left.delete(key);
  }
};
