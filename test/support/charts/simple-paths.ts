import fc from 'fast-check';
import type { Path, Step } from './exploration.ts';
import type { PathMap, Seen, Way } from './path-map.ts';

export type SimplePaths = {
  readonly map: PathMap;
  /** The rules that a trace breaks. */
  readonly rules: (trace: Seen[]) => readonly string[];
};

/** A path and what the chart did on it. */
export type Kept = { readonly path: Path; readonly trace: readonly Seen[] };

export type Found = {
  /** Simple paths from the start to whatever state; a step that comes back makes no path. */
  readonly paths: number;
  /** Steps taken and judged, those that come back to a state of the path among them. */
  readonly steps: number;
  readonly deepest: number;
  /** Is there no path beyond the bound? */
  readonly whole: boolean;
  /** The first path over each edge of the projection. */
  readonly kept: readonly Kept[];
  readonly broken: readonly string[];
};

const mostBroken = 10;

/** What was done and chosen, enough to do it again: the number is the place among the events of that state. */
const describeWays = (walked: readonly Way[]): string =>
  walked.map(({ event, index }) => `${event.type} #${index}`).join(' → ');

const stepOf = ({ event, next }: Way): Step => ({ event, state: next.snapshot });

/** A path that grows and shrinks at its end, with its trace. */
const createTrail = ({ map, rules }: SimplePaths) => {
  const trace: Seen[] = [...map.startSights];
  const lengths: number[] = [];
  const walked: Way[] = [];
  const visited = new Set([map.startPlace]);
  return {
    isFresh: ({ place }: Way): boolean => !visited.has(place),
    length: (): number => walked.length,
    push: (way: Way): void => {
      lengths.push(trace.length);
      walked.push(way);
      trace.push(...way.sights);
    },
    pop: (): void => {
      walked.pop();
      trace.length = lengths.pop() ?? 0;
    },
    enter: ({ place }: Way): void => {
      visited.add(place);
    },
    leave: ({ place }: Way): void => {
      visited.delete(place);
    },
    broken: (): string[] => rules(trace).map(rule => `${rule}: ${describeWays(walked)}`),
    keep: (): Kept => ({ path: walked.map(stepOf), trace: [...trace] }),
  };
};

/**
 * Goes through all simple paths of at most `longest` steps, those that visit no state twice by the projection, and judges
 * the trace after every step. Nothing is merged but for the question whether a state was visited: each path is walked with
 * the context that it has by its own way.
 */
export const walkSimplePaths = (set: SimplePaths, longest: number): Found => {
  const { map } = set;
  const trail = createTrail(set);
  const edges = new Set<string>();
  const kept: Kept[] = [];
  const broken: string[] = [];
  let [paths, steps, deepest, whole] = [0, 0, 0, true];

  const judge = ({ edge }: Way): void => {
    steps += 1;
    broken.push(...trail.broken());
    if (!edges.has(edge)) kept.push(trail.keep());
    edges.add(edge);
  };
  const go = (from: PathMap['start']): void => {
    for (const way of map.waysFrom(from)) {
      if (broken.length >= mostBroken) return;
      const fresh = trail.isFresh(way);
      if (trail.length() >= longest) {
        whole &&= !fresh;
        continue;
      }
      trail.push(way);
      judge(way);
      if (fresh) {
        paths += 1;
        deepest = Math.max(deepest, trail.length());
        trail.enter(way);
        go(way.next);
        trail.leave(way);
      }
      trail.pop();
    }
  };
  go(map.start);
  return { paths, steps, deepest, whole, kept, broken };
};

const choices = fc.array(fc.noBias(fc.nat()), { minLength: 200, maxLength: 200 });

/** Some simple paths by the seed that go on until every way comes back, however long that is; judged after every step. */
export const drawSimplePaths = (set: SimplePaths, seed: number, count: number) => {
  const broken: string[] = [];
  const draw = (numbers: readonly number[]): Kept => {
    const trail = createTrail(set);
    let from = set.map.start;
    for (const number of numbers) {
      const fresh = set.map.waysFrom(from).filter(trail.isFresh);
      const way = fresh[number % fresh.length];
      if (way === undefined) break;
      trail.push(way);
      trail.enter(way);
      broken.push(...trail.broken());
      from = way.next;
    }
    return trail.keep();
  };
  const kept = fc.sample(choices, { seed, numRuns: count }).map(draw);
  return { kept, broken };
};
