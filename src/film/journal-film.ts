import { plainText } from '../cli/text.ts';
import { replayEvents } from '../store/journal-form.ts';
import type { AllWords } from './chart-words.ts';
import { factText } from './fact-words.ts';
import type { Film, Frame } from './film.ts';
import {
  type Entry,
  type JournalFile,
  type JournalLine,
  type JournalProblem,
  readLines,
} from './journal-lines.ts';
import { framesOf, stepReaders } from './run-frames.ts';

export type { JournalFile, JournalProblem };

/** What a journal has to show: a film of each run of a process, oldest first, and what could not be read. */
export type JournalFilms = { readonly films: readonly Film[]; readonly problems: readonly JournalProblem[] };

/** Process ids come again; lines of an order from the command line have no run. */
export const runOf = ({ run, pid }: Entry): string =>
  typeof run === 'string' ? run : `process-${plainText(pid)}`;

const groupByRun = (lines: readonly JournalLine[]): ReadonlyMap<string, JournalLine[]> => {
  const runs = new Map<string, JournalLine[]>();
  for (const line of lines) {
    const own = runs.get(runOf(line.entry));
    if (own === undefined) runs.set(runOf(line.entry), [line]);
    else own.push(line);
  }
  return runs;
};

/** Entries are numbered: what could not be written, or was in a line that can't be read, is missed. */
export const gaps = (lines: readonly JournalLine[]): JournalProblem[] =>
  lines.flatMap(({ file, line, entry: { seq } }, index) => {
    const before = lines[index - 1]?.entry.seq;
    if (typeof seq !== 'number' || typeof before !== 'number' || seq <= before + 1) return [];
    const lost = seq - before - 1;
    const what = lost === 1 ? 'one entry of this run is' : `${lost} entries of this run are`;
    return [{ file, line, message: `before line ${line} ${what} missing` }];
  });

/** What makes a run worth looking at. */
const isNotable = ({ event, outcome }: Entry): boolean =>
  event === 'update:settled'
    ? outcome === 'failed'
    : /^(?:runtime:(?:failed|rolled-back|exhausted|update-staged)|order:.*|chart\.defect|tree\.damaged)$/.test(
        plainText(event),
      );

const manyFacts = 4;

const momentOf = (at: unknown): string | null =>
  typeof at === 'string' && !Number.isNaN(Date.parse(at))
    ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : null;

const madeBy = (lines: readonly JournalLine[]): string => {
  const entry = lines.find(({ entry: { event } }) => event === replayEvents.began)?.entry;
  if (entry === undefined)
    return lines[0]?.entry.seq === 1 ? '' : 'Its beginning is no longer in the journal.';
  return factText(entry);
};

const summaryOf = (lines: readonly JournalLine[], frames: readonly Frame[]): string => {
  const notable = lines.filter(({ entry }) => isNotable(entry));
  const told = [...new Set(notable.slice(0, manyFacts).map(({ entry }) => factText(entry)))];
  const more = notable.length > manyFacts ? [`And ${notable.length - manyFacts} more such facts.`] : [];
  const quiet = told.length === 0 ? ['Nothing failed and nothing was staged.'] : [];
  const seconds = Math.round((frames.at(-1)?.atMs ?? 0) / 100) / 10;
  return [madeBy(lines), ...quiet, ...told, ...more, `${frames.length} steps in ${seconds} s.`]
    .filter(text => text !== '')
    .join(' ');
};

const idOf = (run: string, place: number): string =>
  `run-${place + 1}-${run.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '');

/** The film of a run; `place`: how many runs began before it. */
export const filmOf = (
  run: string,
  lines: readonly JournalLine[],
  frames: readonly Frame[],
  place: number,
): Film => {
  const [first] = lines;
  const moment = momentOf(first?.entry.at) ?? 'at an unknown time';
  return {
    schema: 1,
    id: idOf(run, place),
    title: `${moment}, process ${plainText(first?.entry.pid)}`,
    summary: summaryOf(lines, frames),
    frames,
  };
};

/**
 * A recorded journal as films, in the charts' own words. `files`: the older file first, as they lie in a store. Nothing that is
 * in them makes it throw: what can't be read is a problem with its line, the rest is shown.
 */
export const journalFilms = (files: readonly JournalFile[], words: AllWords): JournalFilms => {
  const { lines, problems } = readLines(files);
  const readers = stepReaders(words);
  const runs = [...groupByRun(lines)];
  return {
    films: runs.map(([run, own], place) => filmOf(run, own, framesOf(own, readers), place)),
    problems: [...problems, ...runs.flatMap(([, own]) => gaps(own))],
  };
};
