/**
 * The numbers of processes that are somebody else's: asked once for each number, not at each of thousands of looks.
 *
 * The system gives numbers upwards and begins anew below when they are used up. Until then no number comes again, but for those
 * of processes that are left from the round before: theirs are above the last one that was given, are still to come, and are
 * not kept.
 */
export const createOthers = () => {
  const known = new Set<number>();
  let last = 0;
  return {
    /** Begins a look at the processes, with the number that the system gave away last. */
    look: (given: number): void => {
      if (!(given > 0 && given >= last)) known.clear();
      last = given;
    },
    has: (pid: number): boolean => known.has(pid),
    add: (pid: number): void => {
      if (pid <= last) known.add(pid);
    },
  };
};
