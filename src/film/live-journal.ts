import type { AllWords } from './chart-words.ts';
import type { Film } from './film.ts';
import { filmOf, gaps, type JournalFilms, type JournalProblem, runOf } from './journal-film.ts';
import { type JournalLine, readLines } from './journal-lines.ts';
import { type FrameMaker, frameMaker, stepReaders } from './run-frames.ts';

/** A journal that is still being written, read line by line. */
export type LiveJournal = {
  readonly add: (line: string) => void;
  /** What is known so far: a run without news is the very film it was before. */
  readonly read: () => JournalFilms;
};

type Run = { readonly lines: JournalLine[]; readonly maker: FrameMaker; film: Film | null };

const file = 'live';
const manyProblems = 50;

/** The same films as of the whole text, without reading it again for each line. */
export const liveJournal = (words: AllWords): LiveJournal => {
  const readers = stepReaders(words);
  const runs = new Map<string, Run>();
  const problems: JournalProblem[] = [];
  let count = 0;

  const complain = (more: readonly JournalProblem[]): void => {
    problems.push(...more.slice(0, Math.max(0, manyProblems - problems.length)));
  };
  const take = (line: JournalLine): void => {
    const name = runOf(line.entry);
    const run = runs.get(name) ?? { lines: [], maker: frameMaker(readers), film: null };
    runs.set(name, run);
    complain(gaps([...run.lines.slice(-1), line]));
    run.lines.push(line);
    run.maker.add(line);
    run.film = null;
  };

  return {
    add: text => {
      count += 1;
      const read = readLines([{ name: file, text }]);
      complain(
        read.problems.map(problem => ({
          ...problem,
          line: count,
          message: problem.message.replace(/\bline 1\b/, `line ${count}`),
        })),
      );
      for (const line of read.lines) take({ ...line, line: count });
    },
    read: () => ({
      films: [...runs].map(([name, run], place) => {
        run.film ??= filmOf(name, run.lines, run.maker.frames(), place);
        return run.film;
      }),
      problems: [...problems],
    }),
  };
};
