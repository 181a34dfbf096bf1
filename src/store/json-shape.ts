import { hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from './file-system.ts';
import { readSmallFile, type SmallFile, sizeLimits } from './small-file.ts';

/**
 * Small total parsers for the files of the store. They stand in for a schema library, which the launcher's import
 * budget has no room for. Nothing here throws for what a file holds.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

export type JsonFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'value'; readonly value: unknown };

/** The value of a JSON text; undefined where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const readOrReason = (fs: FileSystem, path: string, limit: number): SmallFile => {
  try {
    return readSmallFile(fs, path, limit);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return { kind: 'absent' };
    if (error instanceof StagedoorError) throw error;
    const reason = error instanceof Error ? error.message.split(',')[0] : 'unknown';
    return { kind: 'odd', reason: `it can't be read (${reason})` };
  }
};

/** A JSON file, read at once; one that is unreadable, too large or no regular file is invalid with the reason. */
export const readJson = (fs: FileSystem, path: string, limit: number = sizeLimits.document): JsonFile => {
  const file = readOrReason(fs, path, limit);
  if (file.kind === 'absent') return file;
  if (file.kind === 'odd') return { kind: 'invalid', reason: file.reason };
  const value = parseJson(file.text);
  return value === undefined ? { kind: 'invalid', reason: 'it is not JSON' } : { kind: 'value', value };
};

/** The parsed value of a JSON file, or undefined if it is absent, unreadable or no JSON. */
export const readValue = (fs: FileSystem, path: string, limit?: number): unknown => {
  const file = readJson(fs, path, limit);
  return file.kind === 'value' ? file.value : undefined;
};

export const asRecord = (value: unknown): JsonRecord | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A whole number from 0 on, else null. */
export const asCount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

export const isOneOf = <T extends string>(value: unknown, known: readonly T[]): value is T =>
  known.some(name => name === value);

export const isSha256 = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** The first key that is not among the known ones. */
export const unknownKey = (record: JsonRecord, known: readonly string[]): string | undefined =>
  Object.keys(record).find(key => !known.includes(key));
