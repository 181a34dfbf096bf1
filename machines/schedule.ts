/** When to ask the registry (C-01). Times in milliseconds; `chance` is a random number in [0, 1) from outside. */
export type Schedule = {
  readonly firstCheckMs: number;
  readonly intervalMs: number;
  /** Share of the interval by which it varies in both directions. */
  readonly jitter: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
};

export const defaultSchedule: Schedule = {
  firstCheckMs: 30_000,
  intervalMs: 30 * 60_000,
  jitter: 0.2,
  backoffBaseMs: 60_000,
  backoffCapMs: 4 * 60 * 60_000,
};

const longestTimerMs = 2 ** 31 - 1;

/** Milliseconds that a timer can wait: above 2³¹−1 it would fire at once. */
export const timer = (ms: number): number => Math.min(Math.max(Math.round(ms), 0), longestTimerMs);

/** 30 s after the runtime is healthy, and up to as long again. */
export const firstCheckDelay = (schedule: Schedule, chance: number): number =>
  timer(schedule.firstCheckMs * (1 + chance));

export const nextCheckDelay = (schedule: Schedule, chance: number): number =>
  timer(schedule.intervalMs * (1 + schedule.jitter * (2 * chance - 1)));

/** Exponential with full jitter, never sooner than the registry asked for, and never beyond the cap unless it did. */
export const backoffDelay = (
  schedule: Schedule,
  failures: number,
  retryAfterMs: number | undefined,
  chance: number,
): number => {
  const ceiling = Math.min(
    schedule.backoffBaseMs * 2 ** Math.min(Math.max(failures - 1, 0), 30),
    schedule.backoffCapMs,
  );
  return timer(Math.max(ceiling * chance, retryAfterMs ?? 0));
};
