import type { ProbeClock } from '#src/process/probe-clock.js';

export type TestClock = ProbeClock & {
  /** Lets this much time pass in ticks of their own length. */
  pass(ms: number): void;
  /** One tick that comes this late: the machine was asleep. */
  sleep(ms: number): void;
  /** How many tickers have not been ended. */
  readonly running: number;
};

/** A clock that stands still until a test moves it. */
export const testClock = (): TestClock => {
  let now = 0;
  const tickers = new Map<symbol, { readonly ms: number; readonly tick: () => void; due: number }>();
  const fire = (): void => {
    for (const ticker of [...tickers.values()]) {
      if (ticker.due > now) continue;
      ticker.due = now + ticker.ms;
      ticker.tick();
    }
  };
  return {
    now: () => now,
    every: (ms, tick) => {
      const key = Symbol('ticker');
      tickers.set(key, { ms, tick, due: now + ms });
      return () => void tickers.delete(key);
    },
    pass: ms => {
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, ...[...tickers.values()].map(({ due }) => due));
        fire();
      }
    },
    sleep: ms => {
      now += ms;
      fire();
    },
    get running() {
      return tickers.size;
    },
  };
};
