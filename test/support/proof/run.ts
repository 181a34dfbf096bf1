import { availableParallelism } from 'node:os';
import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What a test has gone through, for the table of promises: `{ 'crash states': 1204332 }`. */
    ran?: Record<string, number>;
  }
}

/** A full run (`npm run test:full`) goes through everything; `npm test` through a share, the same one every time. */
export const isFull = process.env.STAGEDOOR_FULL === '1';

/** How much of something this run does. */
export const share = (short: number, full: number): number => (isFull ? full : short);

/**
 * Where every random choice of a run begins: fixed in `npm test`, new in each full run. The table of promises prints it;
 * `STAGEDOOR_SEED` sets it.
 */
export const seed = Number(process.env.STAGEDOOR_SEED);
if (!Number.isSafeInteger(seed)) throw new TypeError(`STAGEDOOR_SEED must be a whole number, got ${seed}`);

/** Counts what a test has gone through: crash states, kills, mutants, paths. */
export const ran = ({ task }: Pick<TestContext, 'task'>, count: number, unit: string): void => {
  const counts = task.meta.ran ?? {};
  task.meta.ran = { ...counts, [unit]: (counts[unit] ?? 0) + count };
};

/** Children that may work at the same time beside the other worker of the run. */
export const lanes = Math.max(1, Math.floor(availableParallelism() / 2));
