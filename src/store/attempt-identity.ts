import { constants } from 'node:fs';
import { errnoOf } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import { readAnswer } from '../natives/answer.ts';
import { withoutPaths } from '../without-paths.ts';
import type { FileSystem } from './file-system.ts';
import { asRecord, asText, type JsonRecord, parseJson } from './json-shape.ts';
import type { Layout } from './layout.ts';

/** Who really ran, in its own words (N-10). `problem`: why it could not be led to its natives; one line without paths. */
export type Identity = { readonly abi: Abi; readonly problem: string | null };

/** Bytes; ours has some hundred. */
const limit = 4096;

const identityOf = (record: JsonRecord, problem: unknown): Identity | null => {
  const { kind } = record;
  if (kind !== 'node' && kind !== 'python') return null;
  const answer = readAnswer(kind, JSON.stringify(record));
  const text = asText(problem);
  return answer === null ? null : { abi: answer.abi, problem: text === null ? null : withoutPaths(text) };
};

/** As a record of an attempt has it; null for anything else, and for records of older versions. */
export const parseIdentity = (value: unknown): Identity | null => {
  const { abi, problem } = asRecord(value) ?? {};
  const record = asRecord(abi);
  if (record === null) return null;
  // An answer has the system's words for a machine and whole versions; what was read of it is as good.
  const answer =
    record.kind === 'python'
      ? { machine: record.arch, wide: true, cacheTag: record.soabi }
      : { uv: typeof record.uv === 'string' ? `${record.uv}.0` : null };
  return identityOf({ ...record, ...answer }, problem);
};

const readBounded = (fs: FileSystem, file: string): string | null => {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
  // It belongs to the child, which may exchange it meanwhile: a link is not followed, a FIFO does not block.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(limit + 1);
    const length = fs.readSync(descriptor, buffer, 0, buffer.length, 0);
    return length > limit ? null : buffer.toString('utf8', 0, length);
  } finally {
    fs.closeSync(descriptor);
  }
};

const ignoring = <Output>(work: () => Output): Output | null => {
  try {
    return work();
  } catch (error) {
    // Whatever stands there is the child's doing, and costs the evidence alone.
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

/** What the child of an attempt has written of itself, hostile until checked; the file is gone then. */
export const takeIdentity = (fs: FileSystem, layout: Layout, id: string): Identity | null => {
  const file = layout.identity(id);
  const text = ignoring(() => {
    const there = fs.lstatSync(file, { throwIfNoEntry: false });
    return there === undefined ? null : (readBounded(fs, file) ?? '');
  });
  if (text === null) return null;
  ignoring(() => fs.rmSync(file, { force: true, recursive: true }));
  const record = asRecord(parseJson(text));
  return record === null ? null : identityOf(record, record.problem);
};
