import { syncBuiltinESMExports } from 'node:module';
import timers, { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets pauses pass at once while the work runs: whoever waits for a minute has waited one by the clock that retries look
 * at. Timeouts of connections stay as they are. Gives the simulated milliseconds, too.
 */
export const inSimulatedTime = async <Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly passedMs: number }> => {
  const pause = timers.setTimeout;
  const now = performance.now.bind(performance);
  let passedMs = 0;
  const pass = async <Value>(ms = 0, value?: Value): Promise<Value | undefined> => {
    passedMs += ms;
    await nextTurn();
    return value;
  };
  timers.setTimeout = Object.assign(pass, pause) as typeof pause;
  performance.now = () => now() + passedMs;
  syncBuiltinESMExports();
  try {
    const result = await work();
    return { result, passedMs };
  } finally {
    timers.setTimeout = pause;
    Reflect.deleteProperty(performance, 'now');
    syncBuiltinESMExports();
  }
};
