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

/** A turn that is short beside the yardstick is the proof: what the machine does meanwhile only ever adds to a time. */
const ratioOf = (work: () => unknown, yardstick: () => unknown, enough: number): number => {
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < 40 && !(turn > 2 && ours / theirs < enough); turn += 1) {
    const begun = performance.now();
    yardstick();
    const between = performance.now();
    work();
    theirs = Math.min(theirs, between - begun);
    ours = Math.min(ours, performance.now() - between);
  }
  return ours / theirs;
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
  const filming = (): unknown => journalFilms([{ name: 'journal.jsonl', text }], words);
  const parsing = (): unknown => lines.map(line => JSON.parse(line) as unknown);
  expect(ratioOf(filming, parsing, 10)).toBeLessThan(10);
});
