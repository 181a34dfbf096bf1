import { describe, expect, it } from 'vitest';
import { backoffDelay, defaultSchedule, firstCheckDelay, nextCheckDelay, timer } from '#machines/schedule.js';

const minutes = 60_000;
const hours = 60 * minutes;
/** Random numbers over the whole of [0, 1). */
const chances = [0, 0.25, 0.5, 0.75, 0.999_999];

describe('when the registry is asked', () => {
  it('C-01: the first check comes 30 s after the runtime is healthy, and up to 30 s more', () => {
    expect(firstCheckDelay(defaultSchedule, 0)).toBe(30_000);
    expect(firstCheckDelay(defaultSchedule, 0.5)).toBe(45_000);
    expect(firstCheckDelay(defaultSchedule, 0.999_999)).toBe(60_000);
  });

  it('C-01: then it comes every 30 minutes, 20 % sooner or later', () => {
    expect(nextCheckDelay(defaultSchedule, 0)).toBe(24 * minutes);
    expect(nextCheckDelay(defaultSchedule, 0.5)).toBe(30 * minutes);
    expect(nextCheckDelay(defaultSchedule, 0.999_999_9)).toBe(36 * minutes);
  });

  it('C-01: the backoff doubles with each failure, up to 4 h', () => {
    const ceilings = [1, 2, 3, 8, 9, 10, 500].map(failures =>
      Math.round(backoffDelay(defaultSchedule, failures, undefined, 0.999_999_999) / minutes),
    );
    expect(ceilings).toEqual([1, 2, 4, 128, 240, 240, 240]);
  });

  it('C-01: the backoff has full jitter: from nothing to its ceiling', () => {
    const delays = chances.map(chance => backoffDelay(defaultSchedule, 3, undefined, chance));
    expect(delays).toEqual([0, minutes, 2 * minutes, 3 * minutes, 4 * minutes]);
  });

  it('P-25: Retry-After is honoured, also beyond the cap, and never shortens the backoff', () => {
    expect(backoffDelay(defaultSchedule, 1, 5 * hours, 0.999)).toBe(5 * hours);
    expect(backoffDelay(defaultSchedule, 1, 90_000, 0)).toBe(90_000);
    expect(backoffDelay(defaultSchedule, 9, 1_000, 0.5)).toBe(2 * hours);
  });

  it('C-01: a delay that no timer can hold is clamped instead of firing at once', () => {
    const longest = 2 ** 31 - 1;
    expect(timer(35 * 24 * hours)).toBe(longest);
    expect(backoffDelay(defaultSchedule, 1, 60 * 24 * hours, 0)).toBe(longest);
    expect(firstCheckDelay({ ...defaultSchedule, firstCheckMs: longest }, 0.9)).toBe(longest);
    expect(timer(-5)).toBe(0);
  });

  it('C-01: a count of failures below one counts as one', () => {
    expect(backoffDelay(defaultSchedule, 0, undefined, 0.5)).toBe(
      backoffDelay(defaultSchedule, 1, undefined, 0.5),
    );
  });
});
