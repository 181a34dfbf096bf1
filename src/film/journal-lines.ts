import { plainText } from '../cli/text.ts';
import { isNewer, journalSchema } from '../store/journal-form.ts';

/** A journal, or one of its two files. */
export type JournalFile = { readonly name: string; readonly text: string };

/** What could not be read, or not for certain. */
export type JournalProblem = {
  readonly file: string;
  /** The first line it is about, from 1; null: the whole file. */
  readonly line: number | null;
  readonly message: string;
};

export type Entry = Readonly<Record<string, unknown>>;
export type JournalLine = { readonly file: string; readonly line: number; readonly entry: Entry };

const manyProblems = 50;

/** Far more than any entry has; what is deeper can't be walked through. */
const deepest = 100;
const longEnoughToBeDeep = 2000;

const isTooDeep = (line: string): boolean => {
  if (line.length < longEnoughToBeDeep) return false;
  let depth = 0;
  for (const [bracket] of line.matchAll(/[[{}\]]|"(?:[^"\\]|\\.)*"/g)) {
    if (bracket === '[' || bracket === '{') depth += 1;
    else if (bracket === ']' || bracket === '}') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string';

/** A line in a row of unreadable ones, and what is the matter with it. */
type Fault = { readonly line: number; readonly what: string };

const faultOf = (text: string, value: unknown): string => {
  if (value !== undefined) return 'no entry of a journal';
  return text.startsWith('{') ? 'cut off in the middle' : 'not JSON';
};

/** Neighbours with the same fault are one problem. */
const faultsTold = (file: string, faults: readonly Fault[]): JournalProblem[] => {
  const rows: { line: number; last: number; what: string }[] = [];
  for (const { line, what } of faults) {
    const row = rows.at(-1);
    if (row?.what === what && row.last === line - 1) row.last = line;
    else rows.push({ line, last: line, what });
  }
  return rows.map(({ line, last, what }) => ({
    file,
    line,
    message:
      line === last
        ? `line ${line} is ${what} and is left out`
        : `lines ${line} to ${last} are ${what} and are left out`,
  }));
};

const newerTold = (first: JournalLine, count: number): JournalProblem => {
  const { file, line, entry } = first;
  const others = count === 1 ? '' : ` and ${count - 1} more`;
  const message = `line ${line}${others} was written by a newer stagedoor (schema ${plainText(entry.schema)}, this one knows ${journalSchema}): what is not known here is shown as it is`;
  return { file, line, message };
};

/** Reads one file line by line. Nothing that is in a line makes it throw. */
export type FileReader = {
  /** Null: there is nothing in this line that could be read. */
  readonly add: (text: string) => JournalLine | null;
  readonly problems: () => readonly JournalProblem[];
};

export const fileReader = (file: string): FileReader => {
  const faults: Fault[] = [];
  const newer: { first: JournalLine | null; count: number } = { first: null, count: 0 };
  let line = 0;
  let isEmpty = true;
  return {
    add: raw => {
      line += 1;
      // Takes away a byte order mark, too.
      const text = raw.trim();
      if (text === '') return null;
      isEmpty = false;
      const entry = isTooDeep(text) ? null : parse(text);
      if (!isEntry(entry)) {
        faults.push({ line, what: faultOf(text, entry) });
        return null;
      }
      const read = { file, line, entry };
      if (isNewer(entry)) {
        newer.first ??= read;
        newer.count += 1;
      }
      return read;
    },
    problems: () => [
      ...(isEmpty
        ? [{ file, line: null, message: `${file} is empty: nothing has been written down yet` }]
        : []),
      ...faultsTold(file, faults),
      ...(newer.first === null ? [] : [newerTold(newer.first, newer.count)]),
    ],
  };
};

/** What is the matter with all files, as far as a reader can bear it. */
export const problemsOf = (files: readonly FileReader[]): readonly JournalProblem[] => {
  const problems = files.flatMap(file => file.problems());
  if (files.length === 0) return [{ file: '', line: null, message: 'there is no journal' }];
  const [next] = problems.slice(manyProblems);
  if (next === undefined) return problems;
  const rest = { ...next, message: `and ${problems.length - manyProblems} more problems from here on` };
  return [...problems.slice(0, manyProblems), rest];
};
