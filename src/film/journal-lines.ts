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

const newerTold = (lines: readonly JournalLine[]): JournalProblem[] => {
  const newer = lines.filter(({ entry }) => isNewer(entry));
  const [first] = newer;
  if (first === undefined) return [];
  const { file, line, entry } = first;
  const others = newer.length === 1 ? '' : ` and ${newer.length - 1} more`;
  const message = `line ${line}${others} was written by a newer stagedoor (schema ${plainText(entry.schema)}, this one knows ${journalSchema}): what is not known here is shown as it is`;
  return [{ file, line, message }];
};

const readFile = ({
  name: file,
  text,
}: JournalFile): { lines: JournalLine[]; problems: JournalProblem[] } => {
  const lines: JournalLine[] = [];
  const faults: Fault[] = [];
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line += 1;
    const found = raw.trim();
    if (found === '') continue;
    const entry = isTooDeep(found) ? null : parse(found);
    if (isEntry(entry)) lines.push({ file, line, entry });
    else faults.push({ line, what: faultOf(found, entry) });
  }
  const empty = { file, line: null, message: `${file} is empty: nothing has been written down yet` };
  return {
    lines,
    problems: text.trim() === '' ? [empty] : [...faultsTold(file, faults), ...newerTold(lines)],
  };
};

const bounded = (problems: readonly JournalProblem[]): readonly JournalProblem[] => {
  const [next] = problems.slice(manyProblems);
  if (next === undefined) return problems;
  const rest = { ...next, message: `and ${problems.length - manyProblems} more problems from here on` };
  return [...problems.slice(0, manyProblems), rest];
};

/** All entries that can be read, in order, and what is wrong with the rest. Nothing that is in a file makes it throw. */
export const readLines = (
  files: readonly JournalFile[],
): { readonly lines: readonly JournalLine[]; readonly problems: readonly JournalProblem[] } => {
  const read = files.map(readFile);
  const missing = { file: '', line: null, message: 'there is no journal' };
  return {
    lines: read.flatMap(({ lines }) => lines),
    problems: files.length === 0 ? [missing] : bounded(read.flatMap(({ problems }) => problems)),
  };
};
