import { expect, test } from 'vitest';
import { cutLines } from '#src/viewer/line-intake.js';

test('P-13: of a line that is too long nothing is kept, and what is left of it is no line of its own', () => {
  const told: string[] = [];
  const cut = cutLines(line => void told.push(line));
  for (const text of ['one\ntw', 'o', '\n', 'x'.repeat(300_000), 'the rest', ' of it\nthree\n\nfour'])
    cut(text);
  expect(told).toEqual(['one', 'two', 'three', '']);
  cut('\n');
  expect(told.at(-1)).toBe('four');
});
