import { hasErrno } from '../failure.ts';
import type { FileSystem } from './file-system.ts';

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

/** A JSON file, read at once; an unreadable one is invalid with its errno as the reason. */
export const readJson = (fs: FileSystem, path: string): JsonFile => {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return { kind: 'absent' };
    return {
      kind: 'invalid',
      reason: `it can't be read (${error instanceof Error ? error.message.split(',')[0] : 'unknown'})`,
    };
  }
  const value = parseJson(text);
  return value === undefined ? { kind: 'invalid', reason: 'it is not JSON' } : { kind: 'value', value };
};

/** The parsed value of a JSON file, or undefined if it is absent, unreadable or no JSON. */
export const readValue = (fs: FileSystem, path: string): unknown => {
  const file = readJson(fs, path);
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
