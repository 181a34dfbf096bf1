/** Time for a probe: monotonic milliseconds and a repeating tick. Tests bring their own. */
export type ProbeClock = {
  now(): number;
  /** Gives back a function that ends the ticks. */
  every(ms: number, tick: () => void): () => void;
};

export const systemClock: ProbeClock = {
  now: () => performance.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
};

export const longestTickMs = 250;
/** A tick that comes later than this came after a suspend (or a main thread that was blocked as if by one). */
const lateMs = 2 * longestTickMs;

export type Tick = {
  /** Active milliseconds since the last tick: a late tick counts as one, whatever the clock says. */
  readonly activeMs: number;
  readonly late: boolean;
};

/** A tick that is fine enough for a deadline of `ms`. */
export const tickFor = (ms: number): number => Math.min(longestTickMs, Math.max(10, Math.ceil(ms / 4)));

/** Counts active time: `libuv`'s clock goes on during sleep on macOS and Windows, so its differences are not trusted. */
export const countActiveTime = (
  clock: ProbeClock,
  tickMs: number,
  onTick: (tick: Tick) => void,
): (() => void) => {
  let last = clock.now();
  return clock.every(tickMs, () => {
    const now = clock.now();
    const elapsed = now - last;
    last = now;
    const late = elapsed > lateMs;
    onTick({ activeMs: late ? tickMs : elapsed, late });
  });
};
