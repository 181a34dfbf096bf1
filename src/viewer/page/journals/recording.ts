import { type JournalFile, type JournalFilms, journalReader } from '../../../film/journal-film.ts';
import { ownWords } from '../../../film/own-words.ts';

/** A journal that was opened: its files by name, its films, and what could not be read of it. */
export type Recording = JournalFilms & { readonly name: string };

/** Two files of at most 1 MiB is what a store has; far beyond that it is something else. */
const largestBytes = 64 * 2 ** 20;

const problem = (file: string, message: string): Recording => ({
  name: file,
  films: [],
  problems: [{ file, line: null, message }],
});

const firstMoment = ({ text }: JournalFile): string => /"at":"([^"]+)"/.exec(text)?.[1] ?? '';

/** The older file first, whatever the order in which they were chosen. */
const inOrder = (files: readonly JournalFile[]): readonly JournalFile[] =>
  files.toSorted((a, b) => firstMoment(a).localeCompare(firstMoment(b)));

let words: ReturnType<typeof ownWords> | null = null;

export const chartWordsOnce = (): ReturnType<typeof ownWords> => {
  words ??= ownWords();
  return words;
};

/** A portion takes a few milliseconds, and the page can be used between two of them. */
const portion = 250;

const pause = (): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve);
  });

export const recordingOf = async (files: readonly JournalFile[]): Promise<Recording> => {
  const reader = journalReader(chartWordsOnce());
  for (const { name, text } of inOrder(files)) {
    reader.begin(name);
    for (const [at, line] of text.split('\n').entries()) {
      reader.add(line);
      if (at % portion === portion - 1) await pause();
    }
  }
  return { name: files.map(({ name }) => name).join(', '), ...reader.read() };
};

/** Files that a user has chosen or dropped. */
export const openFiles = async (files: readonly File[]): Promise<Recording> => {
  const name = files.map(file => file.name).join(', ');
  const large = files.find(({ size }) => size > largestBytes);
  if (large !== undefined)
    return problem(large.name, `${large.name} is larger than 64 MiB: no journal of stagedoor is`);
  try {
    const texts = await Promise.all(files.map(async file => ({ name: file.name, text: await file.text() })));
    return await recordingOf(texts);
  } catch (error) {
    // A folder, or a file that is gone by now.
    if (error instanceof DOMException) return problem(name, `${name} can’t be read: ${error.message}`);
    throw error;
  }
};
