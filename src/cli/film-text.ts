import { oneLine } from '../failure.ts';
import type { Film, Frame } from '../film/film.ts';
import type { JournalProblem } from '../film/journal-lines.ts';
import type { Style } from './style.ts';

const longest = 1000;

const line = (text: string): string => oneLine(text, longest);

const timeText = (atMs: number | null): string => (atMs === null ? '' : `${(atMs / 1000).toFixed(3)} s`);

const frameText = ({ atMs, chart, by, places, says, facts }: Frame, style: Style): string => {
  const where = chart === null ? by : `${chart} ${places[chart] ?? ''} (${by})`;
  const known = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const head = `${timeText(atMs).padStart(12)}  ${line(says)}`;
  return `${head}\n${style.faint(`${' '.repeat(14)}${line([where, ...known].join(', '))}`)}`;
};

/** A film to read on a terminal. What is in it was written by others. */
const filmText = ({ title, summary, frames }: Film, style: Style): string =>
  [style.strong(line(title)), line(summary), ...frames.map(frame => frameText(frame, style))].join('\n');

export const filmsText = (films: readonly Film[], style: Style): string =>
  films.length === 0 ? 'Nothing in it can be shown.' : films.map(film => filmText(film, style)).join('\n\n');

/** What could not be read, in a line. */
export const problemText = ({ file, message }: JournalProblem): string =>
  line(file === '' ? message : `${file}: ${message}`);
