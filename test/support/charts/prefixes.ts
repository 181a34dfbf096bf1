import type { Path } from './exploration.ts';

type Node = Map<string, Node>;

/** Whether a path leaves the ways that were gone; then it is one of them. */
const goesFurther = (ways: Node, path: Path): boolean => {
  let at = ways;
  let further = false;
  for (const { event } of path) {
    const name = JSON.stringify(event);
    const known = at.get(name);
    further ||= known === undefined;
    const next: Node = known ?? new Map();
    at.set(name, next);
    at = next;
  }
  return further;
};

/**
 * The paths that are not the beginning of another one, the longest first. What `TestModel` does by itself, which compares
 * each path with each other one and takes most of the time for some thousand.
 */
export const withoutPrefixes = (paths: readonly Path[]): readonly Path[] => {
  const ways: Node = new Map();
  return paths.toSorted((a, b) => b.length - a.length).filter(path => goesFurther(ways, path));
};
