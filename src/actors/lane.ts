/** Effects that must not overlap: leaving a state does not wait for its effect, so who cleans up waits here. */
export type Lane = {
  run<Output>(work: () => Promise<Output>): Promise<Output>;
  /** Resolves when everything that has begun has really ended. */
  idle(): Promise<void>;
};

export const createLane = (): Lane => {
  const running = new Set<Promise<unknown>>();
  return {
    run: work => {
      const promise = work();
      const settled: Promise<unknown> = promise.then(
        () => running.delete(settled),
        () => running.delete(settled),
      );
      running.add(settled);
      return promise;
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
};
