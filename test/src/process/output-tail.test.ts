import { expect, test } from 'vitest';
import { createOutputTail, lastLines } from '#src/process/output-tail.js';
import { startFixture } from './fixture.ts';

test('P-22: the last 64 KiB of output are kept, however much comes in however small pieces', () => {
  const tail = createOutputTail();
  for (let index = 0; index < 200_000; index += 1) tail.push(Buffer.from(`${index}\n`));
  const text = tail.text();
  expect(text.length).toBe(64 * 1024);
  expect(text.endsWith('199998\n199999\n')).toBe(true);
});

test('P-22: one piece that is larger than the limit is cut at a whole character', () => {
  const tail = createOutputTail(8);
  tail.push(Buffer.from('€€€€€'));
  expect(tail.text()).toBe('€€');
});

test('P-22: a runtime that floods both streams leaves the last of both, to its very end', async () => {
  const child = startFixture('flood');
  const exit = await child.exited;
  expect(Buffer.byteLength(child.tail())).toBeLessThanOrEqual(64 * 1024);
  expect(Buffer.byteLength(child.tail())).toBeGreaterThan(63 * 1024);
  expect(child.tail('stdout').endsWith('last words €\n')).toBe(true);
  expect(exit.tail.endsWith('flood') || exit.tail.endsWith('last words €')).toBe(true);
  expect(exit.tail.length).toBeLessThanOrEqual(4096);
});

test('P-39: the reason of an end is made of the last lines that say something', () => {
  expect(lastLines('one\n\ntwo  \r\n\nthree\n\n', 2)).toBe('two\nthree');
  expect(lastLines('x'.repeat(100), 2, 10)).toBe('x'.repeat(10));
});
