import type { FileSystem } from '../store/file-system.ts';
import { asRecord, isOneOf, isSha256 } from '../store/json-shape.ts';
import type { Abi } from './abi.ts';
import { readAnswer } from './answer.ts';
import { createMemoryFile } from './memory-file.ts';
import type { RuntimeKind } from './question.ts';

/** An answer as it was given, by the file that gave it. */
export type Known = { readonly mark: string; readonly kind: RuntimeKind; readonly text: string };

/** What executables have said of themselves, beyond the end of this process. */
export type AbiMemory = {
  /** What the file with this mark said of itself; null where that is not known. */
  recall(mark: string): Abi | null;
  keep(known: Known): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
};

const kinds: readonly RuntimeKind[] = ['node', 'python'];

const parse = (value: unknown): Known | null => {
  const record = asRecord(value);
  if (record === null) return null;
  const { mark, kind, text } = record;
  return isSha256(mark) && isOneOf(kind, kinds) && typeof text === 'string' ? { mark, kind, text } : null;
};

/** Answers in one file, which is hostile until each of them has passed the same checks as a fresh one. */
export const createAbiMemory = (fs: FileSystem, file: string): AbiMemory => {
  const memory = createMemoryFile(fs, { file, list: 'executables', parse });
  return {
    recall: mark => {
      const known = memory.find(each => each.mark === mark);
      return known === undefined ? null : (readAnswer(known.kind, known.text)?.abi ?? null);
    },
    keep: known => memory.keep(known, other => other.mark === known.mark),
    idle: memory.idle,
  };
};
