import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { journalFilms, journalReader } from '#src/film/journal-film.js';
import { ownWords } from '#src/film/own-words.js';
import { ran, seed, share } from '../../support/proof/run.ts';

const words = ownWords();
/** Of a whole app: an update, the launch of what it staged, and the rollback. Journals of today are read by all that come after. */
const recorded = readFileSync('test/fixtures/journals/update-and-rollback.jsonl', 'utf8');
const lines = recorded.trimEnd().split('\n');

const read = (text: string) => journalFilms([{ name: 'journal.jsonl', text }], words);
const told = (text: string): string[] =>
  read(text).problems.map(({ line, message }) => `${line}: ${message}`);
const whole = read(recorded);

test('S-02: a journal that was recorded for real is read whole', () => {
  expect(whole.problems).toEqual([]);
  expect(whole.films).toHaveLength(1);
  expect(whole.films[0]?.frames.length).toBeGreaterThan(50);
});

describe('what is wrong with a journal is said with its line, and the rest is shown', () => {
  const [first = '', second = '', third = ''] = lines;

  test('S-02: no journal, an empty one, and one of blank lines', () => {
    expect(journalFilms([], words)).toEqual({
      films: [],
      problems: [{ file: '', line: null, message: 'there is no journal' }],
    });
    for (const text of ['', '\n\n']) {
      expect(told(text)).toEqual(['null: journal.jsonl is empty: nothing has been written down yet']);
    }
  });

  test('S-02: a line that a crash cut', () => {
    const { films, problems } = read(`${first}\n${second.slice(0, 40)}`);
    expect(problems).toEqual([
      { file: 'journal.jsonl', line: 2, message: 'line 2 is cut off in the middle and is left out' },
    ]);
    expect(films[0]?.frames).toHaveLength(1);
  });

  test('S-02: garbage, JSON that is no entry, and a hole in the numbers', () => {
    const text = [first, 'garbage', '\0\x01', '[]', 'null', '{"event":7}', third].join('\r\n');
    expect(told(text)).toEqual([
      '2: lines 2 to 3 are not JSON and are left out',
      '4: lines 4 to 6 are no entry of a journal and are left out',
      '7: before line 7 one entry of this run is missing',
    ]);
    expect(read(text).films[0]?.frames).toHaveLength(2);
  });

  test('S-02: what a newer stagedoor wrote is said to be so, and shown as far as it is known', () => {
    const newer = {
      schema: 3,
      run: 'a',
      pid: 1,
      seq: 1,
      at: 'later',
      event: 'runtime:ready',
      version: '9.0.0',
      mood: 'fine',
    };
    const unknown = { ...newer, seq: 2, event: 'runtime:dreams', of: { sheep: 2 } };
    const step = { ...newer, seq: 3, event: 'chart.step', chart: 'dreams', by: 'x', state: 'deep' };
    const { films, problems } = read([newer, unknown, step].map(line => JSON.stringify(line)).join('\n'));
    expect(problems).toEqual([
      {
        file: 'journal.jsonl',
        line: 1,
        message:
          'line 1 and 2 more was written by a newer stagedoor (schema 3, this one knows 1): what is not known here is shown as it is',
      },
    ]);
    expect(films[0]?.frames).toMatchObject([
      { says: '9.0.0 is ready (written by a newer stagedoor).', facts: { version: '9.0.0', mood: 'fine' } },
      { by: 'runtime:dreams', facts: { of: 'sheep 2' } },
      { chart: null, by: 'chart.step' },
    ]);
  });

  test('P-21: names that every object knows', () => {
    const step = { run: 'a', event: 'chart.step', chart: 'launch', by: 'constructor', state: '__proto__' };
    const { films } = read(`${JSON.stringify(step)}\n${JSON.stringify({ ...step, state: 'toString' })}`);
    expect(films[0]?.frames.map(({ places }) => places.launch)).toEqual(['__proto__', 'toString']);
  });

  test('P-21: a line that is nested without end', () => {
    const deep = `{"event":"x","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(told(`${deep}\n${first}`)).toEqual(['1: line 1 is no entry of a journal and is left out']);
  });

  test('S-02: a journal of garbage alone has a bounded list of problems and no film', () => {
    const text = Array.from({ length: 5000 }, (_, n) => (n % 2 === 0 ? 'x' : '[]')).join('\n');
    const { films, problems } = read(text);
    expect(films).toEqual([]);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)?.message).toBe('and 4950 more problems from here on');
  });
});

test('S-02: cut at any byte, a journal shows exactly its whole lines', ({ task }) => {
  const cuts = fc.sample(fc.integer({ min: 0, max: recorded.length }), { seed, numRuns: share(150, 3000) });
  for (const cut of cuts) {
    const text = recorded.slice(0, cut);
    const kept = text.split('\n').filter(line => lines.includes(line));
    const expected = kept.length === 0 ? [] : read(`${kept.join('\n')}\n`).films;
    expect(read(text).films, `cut at ${cut}`).toEqual(expected);
  }
  ran({ task }, cuts.length, 'mutants');
});

test('S-02: read while it is written, a journal has after each line the films and problems of what is there', () => {
  const broken = [...lines.slice(0, 20), 'garbage', '[]', ...lines.slice(23), ...lines.slice(0, 5)];
  const other = broken.map(line => line.replaceAll('4e81e798', 'another'));
  const all = [...broken, ...other.slice(0, 30)];
  const reader = journalReader(words);
  reader.begin('journal.jsonl');
  for (const [at, line] of all.entries()) {
    reader.add(line);
    expect(reader.read(), `after line ${at + 1}`).toEqual(read(all.slice(0, at + 1).join('\n')));
  }
  const [first, second] = reader.read().films;
  reader.add(other.at(-1) ?? '');
  expect(reader.read().films[0]).toBe(first);
  expect(reader.read().films[1]).not.toBe(second);
});

test('S-02: garbage between the lines changes no film, and is told by line', ({ task }) => {
  const noise = fc
    .string()
    .filter(text => !text.includes('\n') && text.trim() !== '' && !text.includes('event'));
  const places = fc.integer({ min: 1, max: lines.length });
  const runs = share(100, 2000);
  fc.assert(
    fc.property(noise, places, (garbage, place) => {
      const { films, problems } = read([...lines.slice(0, place), garbage, ...lines.slice(place)].join('\n'));
      expect(films).toEqual(whole.films);
      expect(problems).toMatchObject([{ line: place + 1 }]);
    }),
    { seed, numRuns: runs },
  );
  ran({ task }, runs, 'mutants');
});

test('S-02: whatever the values in the lines are, the reading ends and every entry is in a film', ({
  task,
}) => {
  const names = fc.constantFrom(
    ...new Set(lines.map(line => String((JSON.parse(line) as { readonly event: string }).event))),
    'order:pin',
    'runtime:exhausted',
    'constructor',
    'runtime:__proto__',
  );
  const keys = fc.constantFrom(
    'version',
    'candidates',
    'judgements',
    'chart',
    'by',
    'state',
    'at',
    'seq',
    'run',
    'pid',
    'error',
    'exit',
  );
  const entry = fc
    .tuple(
      names,
      fc.dictionary(
        keys,
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom('launch', 'alive.probing', '__proto__', { toString: 1, valueOf: 1 }),
        ),
      ),
    )
    .map(([event, rest]) => ({ ...rest, event }));
  const runs = share(300, 5000);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), entries => {
      const { films } = read(entries.map(each => JSON.stringify(each)).join('\n'));
      expect(films.length).toBeGreaterThan(0);
      for (const { frames } of films) expect(frames.length).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(films))).toEqual(films);
    }),
    { seed, numRuns: runs },
  );
  ran({ task }, runs, 'mutants');
});
