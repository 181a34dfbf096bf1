import { plainText } from '../cli/text.ts';
import { replayEvents } from '../store/journal-form.ts';
import type { AllWords } from './chart-words.ts';
import { factText } from './fact-words.ts';
import type { Film, Frame } from './film.ts';
import {
  type Entry,
  type FileReader,
  fileReader,
  type JournalFile,
  type JournalLine,
  type JournalProblem,
  problemsOf,
} from './journal-lines.ts';
import { type FrameMaker, frameMaker, stepReaders } from './run-frames.ts';

export type { JournalFile, JournalProblem };

/** What a journal has to show: a film of each run of a process, oldest first, and what could not be read. */
export type JournalFilms = { readonly films: readonly Film[]; readonly problems: readonly JournalProblem[] };

/** Process ids come again; lines of an order from the command line have no run. */
const runOf = ({ run, pid }: Entry): string => (typeof run === 'string' ? run : `process-${plainText(pid)}`);

/** Entries are numbered: what could not be written, or was in a line that can't be read, is missed. */
const gapBetween = (last: JournalLine | undefined, next: JournalLine): JournalProblem[] => {
  const [before, seq] = [last?.entry.seq, next.entry.seq];
  if (typeof seq !== 'number' || typeof before !== 'number' || seq <= before + 1) return [];
  const lost = seq - before - 1;
  const what = lost === 1 ? 'one entry of this run is' : `${lost} entries of this run are`;
  const { file, line } = next;
  return [{ file, line, message: `before line ${line} ${what} missing` }];
};

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
const filmOf = (
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

/** A journal read line by line: all at once, in portions, or while it is still being written. */
export type JournalReader = {
  /** What follows is of another file. */
  readonly begin: (file: string) => void;
  readonly add: (line: string) => void;
  /** All so far; a run without news is the very film that it was before. */
  readonly read: () => JournalFilms;
};

type Run = {
  readonly lines: JournalLine[];
  readonly maker: FrameMaker;
  readonly gaps: JournalProblem[];
  film: Film | null;
};

export const journalReader = (words: AllWords): JournalReader => {
  const readers = stepReaders(words);
  const runs = new Map<string, Run>();
  const files: FileReader[] = [];

  const take = (line: JournalLine): void => {
    const name = runOf(line.entry);
    const run = runs.get(name) ?? { lines: [], maker: frameMaker(readers), gaps: [], film: null };
    runs.set(name, run);
    run.gaps.push(...gapBetween(run.lines.at(-1), line));
    run.lines.push(line);
    run.maker.add(line);
    run.film = null;
  };
  return {
    begin: file => {
      files.push(fileReader(file));
    },
    add: text => {
      const line = files.at(-1)?.add(text) ?? null;
      if (line !== null) take(line);
    },
    read: () => ({
      films: [...runs].map(([name, run], place) => {
        run.film ??= filmOf(name, run.lines, run.maker.frames(), place);
        return run.film;
      }),
      problems: [...problemsOf(files), ...[...runs.values()].flatMap(({ gaps }) => gaps)],
    }),
  };
};

/**
 * A recorded journal as films, in the charts' own words. `files`: the older file first, as they lie in a store. Nothing that is
 * in them makes it throw: what can't be read is a problem with its line, the rest is shown.
 */
export const journalFilms = (files: readonly JournalFile[], words: AllWords): JournalFilms => {
  const reader = journalReader(words);
  for (const { name, text } of files) {
    reader.begin(name);
    for (const line of text.split('\n')) reader.add(line);
  }
  return reader.read();
};
