import path from 'node:path';
import { errnoOf, StagedoorError } from '../failure.ts';
import { writeDurably } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { namesIn } from '../store/folder.ts';
import { asArray, asRecord, isOneOf, isSha256, readValue } from '../store/json-shape.ts';
import { isOrphanedTemporary } from '../store/scratch.ts';
import { sizeLimits } from '../store/small-file.ts';
import type { Abi } from './abi.ts';
import { readAnswer } from './answer.ts';
import type { RuntimeKind } from './question.ts';

/** An answer as it was given, by the file that gave it. */
export type Known = { readonly mark: string; readonly kind: RuntimeKind; readonly text: string };

/** Answers that outlive the process. Losing one costs a question, nothing else. */
export type AbiMemory = {
  /** What the file with this mark said of itself; null where that is not known. */
  recall(mark: string): Abi | null;
  /** Written beside whatever goes on. */
  keep(known: Known): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
};

const longestList = 64;
const kinds: readonly RuntimeKind[] = ['node', 'python'];

const knownOf = (value: unknown): Known | null => {
  const record = asRecord(value);
  if (record === null) return null;
  const { mark, kind, text } = record;
  return isSha256(mark) && isOneOf(kind, kinds) && typeof text === 'string' ? { mark, kind, text } : null;
};

const listIn = (fs: FileSystem, file: string): readonly unknown[] =>
  asArray(asRecord(readValue(fs, file, sizeLimits.document))?.executables).slice(0, longestList);

const readAll = (fs: FileSystem, file: string): readonly Known[] =>
  listIn(fs, file)
    .map(knownOf)
    .filter(known => known !== null);

/** What writers that died have left beside the file. */
const sweep = async (fs: FileSystem, folder: string): Promise<void> => {
  for (const name of namesIn(fs, folder).filter(isOrphanedTemporary))
    await fs.promises.rm(path.join(folder, name), { force: true });
};

/** The newest first. Two processes that write at once may lose one of the answers. */
const write = async (fs: FileSystem, file: string, known: Known): Promise<void> => {
  const others = readAll(fs, file).filter(({ mark }) => mark !== known.mark);
  const executables = [known, ...others].slice(0, longestList);
  try {
    await sweep(fs, path.dirname(file));
    await writeDurably(fs, file, `${JSON.stringify({ schema: 1, executables })}\n`);
  } catch (error) {
    // It only spares a question: a cache that can't be written costs time, never a launch.
    if (!(error instanceof StagedoorError) && errnoOf(error) === undefined) throw error;
  }
};

/** Answers in one file, which is hostile until each of them has passed the same checks as a fresh one. */
export const createAbiMemory = (fs: FileSystem, file: string): AbiMemory => {
  let writing: Promise<void> = Promise.resolve();
  return {
    recall: mark => {
      const known = knownOf(listIn(fs, file).find(each => asRecord(each)?.mark === mark));
      return known === null ? null : (readAnswer(known.kind, known.text)?.abi ?? null);
    },
    keep: known => {
      writing = writing.then(() => write(fs, file, known));
    },
    idle: () => writing,
  };
};
