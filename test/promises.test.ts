import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { promisesOf } from './support/proof/promise-table.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => `P-${String(first + at).padStart(2, '0')}`);

/** P-18 to P-20 come with the trust policy. */
const due = [...range(1, 17), ...range(21, 40)];

const testFiles = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.test.ts'),
);

/** What follows `test(` or `it(`, with or without `.each(…)` and `.runIf(…)` between: the first literal that makes a claim. */
const titles = (source: string): string[] =>
  [...source.matchAll(/(['"`])((?:[A-Z]-\d\d(?:, |…| to )?)+: .*?)\1/g)].map(([, , title = '']) => title);

test('promises: every promise that is due has a test that names it', () => {
  const named = new Set(
    testFiles.flatMap(name => titles(readFileSync(`${here}/${name}`, 'utf8')).flatMap(promisesOf)),
  );
  expect(due.filter(promise => !named.has(promise))).toEqual([]);
});
