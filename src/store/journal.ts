import path from 'node:path';
import { errnoOf, hasErrno, redact } from '../failure.ts';
import type { FileSystem } from './file-system.ts';
import { journalSchema } from './journal-form.ts';
import { asRecord, type JsonRecord, parseJson } from './json-shape.ts';
import type { Layout } from './layout.ts';
import { withoutPlaces } from './place.ts';
import { readSmallFile, sizeLimits } from './small-file.ts';

/** One fact: its name and whatever plain JSON says more about it. */
export type JournalFact = { readonly event: string } & JsonRecord;

/** What happened and why, as JSON lines: bounded, without secrets and absolute paths. It never stops anything. */
export type Journal = {
  /** One write, whatever the number of entries; they stay together and in order. */
  readonly append: (...entries: readonly JournalFact[]) => void;
  /** How many entries could not be written. */
  readonly lost: () => number;
};

const longestText = 4096;

/** More than is kept, so that a secret that is cut in two goes with what is cut off in the end. */
const longestLook = 4 * longestText;

const clean = (text: string, root: string): string => {
  const safe = withoutPlaces(redact(text.slice(-longestLook)), root);
  return safe.length > longestText ? `…${safe.slice(-longestText)}` : safe;
};

/** A link would lead the entries out of the store, and a FIFO would block the whole process. */
const assertOwn = (fs: FileSystem, file: string): number => {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return stats?.size ?? 0;
  throw Object.assign(new Error(`${path.basename(file)} is no regular file`), { code: 'EINVAL' });
};

/** A crash may have cut the last line: the next entry must not be glued to it. */
const endsCut = (fs: FileSystem, file: string, size: number): boolean => {
  if (size === 0) return false;
  const fd = fs.openSync(file, 'r');
  try {
    const last = Buffer.alloc(1);
    fs.readSync(fd, last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } finally {
    fs.closeSync(fd);
  }
};

/** `ownEnd`: the size that our last write left; then nobody has cut or written a line since. */
const writeLines = (
  fs: FileSystem,
  layout: Layout,
  lines: string,
  { maxBytes, ownEnd }: { readonly maxBytes: number; readonly ownEnd: number },
): number => {
  const bytes = Buffer.byteLength(lines);
  const size = assertOwn(fs, layout.journal);
  const isFull = size > 0 && size + bytes > maxBytes;
  if (isFull) fs.renameSync(layout.journal, layout.olderJournal);
  const glue = !isFull && size !== ownEnd && endsCut(fs, layout.journal, size) ? '\n' : '';
  try {
    fs.appendFileSync(layout.journal, glue + lines);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
    fs.mkdirSync(layout.root, { recursive: true });
    fs.appendFileSync(layout.journal, lines);
  }
  return (isFull ? 0 : size) + glue.length + bytes;
};

export type JournalOptions = {
  /** Bytes of a file; there are two at most, the one in use and the one before it. */
  readonly maxBytes?: number | undefined;
  /** Marks the lines of one run. */
  readonly run?: string | undefined;
  /** Hears the very lines that are written, also where they can't be. It must not throw. */
  readonly tell?: ((lines: string) => void) | undefined;
};

/** A journal of at most twice `maxBytes`. */
export const openJournal = (
  fs: FileSystem,
  layout: Layout,
  { maxBytes = 1 << 20, run, tell }: JournalOptions = {},
): Journal => {
  const mark = { schema: journalSchema, pid: process.pid, ...(run === undefined ? {} : { run }) };
  let seq = 0;
  let lost = 0;
  let ownEnd = -1;
  const toLine = (entry: JournalFact): string => {
    seq += 1;
    const facts = { ...mark, seq, at: new Date().toISOString(), ...entry };
    const text = JSON.stringify(facts, (_key, value: unknown) =>
      typeof value === 'string' ? clean(value, layout.root) : value,
    );
    return `${text}\n`;
  };
  return {
    append: (...entries) => {
      const lines = entries.map(toLine).join('');
      tell?.(lines);
      try {
        ownEnd = writeLines(fs, layout, lines, { maxBytes, ownEnd });
      } catch (error) {
        if (errnoOf(error) === undefined) throw error;
        ownEnd = -1;
        lost += entries.length;
      }
    },
    lost: () => lost,
  };
};

const linesOf = (fs: FileSystem, file: string): string[] => {
  try {
    const read = readSmallFile(fs, file, sizeLimits.document);
    return read.kind === 'text' ? read.text.split('\n') : [];
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
};

/** The last entries, oldest first; lines that were cut are left out. */
export const readJournal = (fs: FileSystem, layout: Layout, limit: number): JsonRecord[] =>
  [...linesOf(fs, layout.olderJournal), ...linesOf(fs, layout.journal)]
    .map(line => asRecord(parseJson(line)))
    .filter(entry => entry !== null)
    .slice(limit > 0 ? -limit : Number.POSITIVE_INFINITY);
