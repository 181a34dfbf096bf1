import path from 'node:path';
import { diskFailure } from '../../failure.ts';
import type { JournalFilms } from '../../film/journal-film.ts';
import type { JournalFile } from '../../film/journal-lines.ts';
import { type JournalReading, readJournalFiles } from '../../viewer/journal-files.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { filmsText, problemText } from '../film-text.ts';
import { count } from '../text.ts';
import { UsageError } from '../usage-error.ts';
import { portOption, serveViewer } from '../viewer-serving.ts';

const manyProblems = 10;

const hint = 'Name a journal.jsonl of a store, or a copy of one.';

const read = ({ fs, cwd }: CommandContext, name: string): JournalReading => {
  try {
    return readJournalFiles(fs, path.resolve(cwd, name));
  } catch (error) {
    throw diskFailure(error, `read ${name}`);
  }
};

const filesOf = (context: CommandContext): readonly JournalFile[] => {
  const [name = ''] = context.args;
  const reading = read(context, name);
  if (reading.kind === 'files') return reading.files;
  throw new UsageError(
    reading.kind === 'absent' ? `${name} is not there` : `${name} can't be replayed: ${reading.reason}`,
    hint,
  );
};

const filmsOf = async (files: readonly JournalFile[]): Promise<JournalFilms> => {
  const { journalFilms } = await import('../../film/journal-film.ts');
  const { ownWords } = await import('../../film/own-words.ts');
  return journalFilms(files, ownWords());
};

const replay = async (context: CommandContext): Promise<number> => {
  const { output, flags } = context;
  const files = filesOf(context);
  const { films, problems } = await filmsOf(files);
  for (const problem of problems.slice(0, manyProblems)) output.note(problemText(problem));
  const more = problems.length - manyProblems;
  if (more > 0) output.note(`and ${count(more, 'more problem')}`);
  if (flags.print === true) {
    output.answer({ data: { outcome: 'ok', films, problems }, text: style => filmsText(films, style) });
    return 0;
  }
  const runs = films.length === 0 ? 'nothing that can be shown' : count(films.length, 'run');
  return serveViewer(context, files, (address, style) =>
    [`${runs} of a process at ${style.strong(address)}`, style.faint('Ctrl+C ends this.')].join('\n'),
  );
};

export const replayCommand: CliCommand = {
  name: 'replay',
  summary: 'what a journal recorded, step by step in a browser (or with --print as text)',
  operands: '<file>',
  options: [portOption, ['--print', 'print it, and serve nothing']],
  examples: ['stagedoor replay runtime-store/journal.jsonl', 'stagedoor replay bug-report.jsonl --print'],
  run: replay,
};
