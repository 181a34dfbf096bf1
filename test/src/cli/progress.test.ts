import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress, progressText } from '#src/cli/progress.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const terminal = (isTTY: boolean, columns = 80) => {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
};
const timing = { delayMs: 1000, everyMs: 100, now: () => Date.now() };
const state = { phase: 'downloading', version: '1.2.0', bytes: 4_100_000, total: 11_000_000 };

test('the line tells phase, version, bytes, total and share', () => {
  expect(progressText(state)).toBe('downloading 1.2.0  4.1 MB of 11.0 MB  37 %');
  expect(progressText({ ...state, total: null })).toBe('downloading 1.2.0  4.1 MB');
  expect(progressText({ phase: 'checking', bytes: 0, total: null })).toBe('checking');
  expect(progressText({ phase: 'flushing', version: '1.2.0', bytes: 16, total: 21 })).toBe(
    'flushing 1.2.0  16 of 21 files',
  );
  expect(progressText({ ...state, bytes: 12_000_000 })).toContain('11.0 MB of 11.0 MB  100 %');
});

test('nothing is written for what takes less than a second', () => {
  const stream = terminal(true);
  const progress = createProgress(stream, true, timing);
  progress.show(state);
  vi.advanceTimersByTime(900);
  progress.clear();
  vi.advanceTimersByTime(5000);
  expect(stream.written).toEqual([]);
});

test('after a second the line is rewritten in place, and taken away at the end', () => {
  const stream = terminal(true);
  const progress = createProgress(stream, true, timing);
  progress.show(state);
  vi.advanceTimersByTime(1100);
  progress.show({ ...state, bytes: 5_500_000 });
  vi.advanceTimersByTime(100);
  progress.clear();
  progress.clear();
  expect(stream.written).toEqual([
    '\r\x1b[Kdownloading 1.2.0  4.1 MB of 11.0 MB  37 %',
    '\r\x1b[Kdownloading 1.2.0  5.5 MB of 11.0 MB  50 %',
    '\r\x1b[K',
  ]);
});

test('a narrow terminal gets a line that fits', () => {
  const stream = terminal(true, 12);
  const progress = createProgress(stream, true, timing);
  progress.show(state);
  vi.advanceTimersByTime(1100);
  expect(stream.written).toEqual(['\r\x1b[Kdownloading']);
});

test('no terminal or --json: no progress line', () => {
  for (const [isTTY, enabled] of [
    [false, true],
    [true, false],
  ] as const) {
    const stream = terminal(isTTY);
    createProgress(stream, enabled, timing).show(state);
    vi.advanceTimersByTime(5000);
    expect(stream.written).toEqual([]);
  }
});
