import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { journalFilms } from '#src/film/journal-film.js';
import { ownWords } from '#src/film/own-words.js';

/** The file and all that it imports; a package by its name. */
const importsOf = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /\b(?:from|import)\s*\(?\s*'([^']+)'/g,
  )) {
    if (specifier.startsWith('.')) importsOf(path.resolve(path.dirname(file), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
};

test('L-09: a browser can read a journal: nothing of Node is imported, nor the charts where the words are given', () => {
  const built = (name: string): string =>
    fileURLToPath(new URL(`../../../dist/src/film/${name}.js`, import.meta.url));
  const packages = (name: string): string[] =>
    [...importsOf(built(name))].filter(file => !path.isAbsolute(file));
  expect(packages('journal-film')).toEqual([]);
  expect(new Set(packages('own-words'))).toEqual(new Set(['xstate']));
});

/** The shortest of some turns: what the machine does beside it only ever adds to a time. */
const shortest = (...works: readonly (() => unknown)[]): number[] => {
  const times = works.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < 9; turn += 1) {
    for (const [index, work] of works.entries()) {
      const begun = performance.now();
      work();
      times[index] = Math.min(times[index] ?? 0, performance.now() - begun);
    }
  }
  return times;
};

test('P-39: 10,000 lines become films in ten times what it takes to parse them, at most', () => {
  const words = ownWords();
  const recorded = readFileSync('test/fixtures/journals/update-and-rollback.jsonl', 'utf8')
    .trimEnd()
    .split('\n');
  // One run that goes through the same again and again, numbered as it would be.
  const lines = Array.from({ length: 10_000 }, (_, index) =>
    (recorded[index % recorded.length] ?? '').replace(/"seq":\d+/, `"seq":${index + 1}`),
  );
  const text = lines.join('\n');
  expect(journalFilms([{ name: 'journal.jsonl', text }], words)).toMatchObject({ films: [{}], problems: [] });
  const [parsing = 0, filming = Number.POSITIVE_INFINITY] = shortest(
    () => lines.map(line => JSON.parse(line) as unknown),
    () => journalFilms([{ name: 'journal.jsonl', text }], words),
  );
  expect(filming / parsing, `${filming} ms beside ${parsing} ms`).toBeLessThan(10);
});
