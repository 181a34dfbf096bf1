import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { promisesOf } from './support/proof/promise-table.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => `P-${String(first + at).padStart(2, '0')}`);

/** P-18 to P-20 come with the trust policy, P-34 with the gate of native trees, P-36 with the core lock. */
const due = [...range(1, 17), ...range(21, 33), 'P-35', 'P-37', 'P-38', 'P-39', 'P-40'];

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
