import path from 'node:path';
import gt from 'semver/functions/gt.js';
import { StagedoorError } from '../failure.ts';
import { reviseDocument } from './document.ts';
import { removeDurably } from './durable-file.ts';
import { packageEntry } from './entry.ts';
import type { FileSystem } from './file-system.ts';
import {
  asCount,
  asRecord,
  isSha256,
  type JsonFile,
  type JsonRecord,
  parseJson,
  readJson,
  unknownKey,
} from './json-shape.ts';
import { type Layout, versionOfEntry } from './layout.ts';
import { withLock } from './lock.ts';
import { isVersion } from './semantic-version.ts';
import { sizeLimits } from './small-file.ts';
import { strictly } from './strict-reading.ts';

/** Names a version, never a place (S-03). `tree` is the SHA-256 of the version's tree list, if one was recorded. */
export type Pointer = { readonly version: string; readonly seq: number; readonly tree: string | null };

export type PointerState =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'valid'; readonly pointer: Pointer; readonly legacy: boolean };

const invalid = (reason: string): PointerState => ({ kind: 'invalid', reason });

const unknownField = (name: string): string =>
  `it has the unknown field ${JSON.stringify(name.slice(0, 50))}`;

/** The version that an absolute place is the entry of, by the package that lies there now (S-08). */
const versionAt = (
  fs: FileSystem,
  layout: Layout,
  version: string,
  place: string,
  entry?: string,
): string | null => {
  try {
    return versionOfEntry(layout, place, packageEntry(fs, layout.version(version), entry));
  } catch (error) {
    if (error instanceof StagedoorError) return null;
    throw error;
  }
};

/** `{version, cliEntry}`: the place must be the very one that the layout derives; no current directory is involved. */
const parseLegacy = (fs: FileSystem, layout: Layout, record: JsonRecord, entry?: string): PointerState => {
  const { version, cliEntry } = record;
  const extra = unknownKey(record, ['version', 'cliEntry']);
  if (extra !== undefined) return invalid(unknownField(extra));
  if (!isVersion(version)) return invalid('its version is not semver');
  if (typeof cliEntry !== 'string' || !path.isAbsolute(cliEntry))
    return invalid('its cliEntry is not absolute');
  if (versionAt(fs, layout, version, cliEntry, entry) !== version) {
    return invalid('its cliEntry is not the place of that version');
  }
  return { kind: 'valid', pointer: { version, seq: 0, tree: null }, legacy: true };
};

const parseCurrent = (record: JsonRecord): PointerState => {
  const { schema = 1, version, seq = 0, tree = null } = record;
  const extra = unknownKey(record, ['schema', 'version', 'seq', 'tree']);
  if (extra !== undefined) return invalid(unknownField(extra));
  if (schema !== 1) return invalid('its schema is not known');
  if (!isVersion(version)) return invalid('its version is not semver');
  const count = asCount(seq);
  if (count === null) return invalid('its seq is not a count');
  if (tree !== null && !isSha256(tree)) return invalid('its tree is not a SHA-256');
  return { kind: 'valid', pointer: { version, seq: count, tree }, legacy: false };
};

const stateOf = (fs: FileSystem, layout: Layout, file: JsonFile, entry?: string): PointerState => {
  if (file.kind === 'absent') return { kind: 'none' };
  if (file.kind === 'invalid') return file;
  const record = asRecord(file.value);
  if (record === null) return invalid('it is not a JSON object');
  return 'cliEntry' in record ? parseLegacy(fs, layout, record, entry) : parseCurrent(record);
};

/** What the pointer says now; never throws, whatever the file holds (S-03, S-05). */
export const readPointer = (fs: FileSystem, layout: Layout, entry?: string): PointerState =>
  stateOf(fs, layout, readJson(fs, layout.current, sizeLimits.record), entry);

const serialize = (pointer: Pointer): string => `${JSON.stringify({ schema: 1, ...pointer })}\n`;

const pointerIn = (fs: FileSystem, layout: Layout, text: string | null): Pointer | null => {
  const value = text === null ? undefined : parseJson(text);
  if (value === undefined) return null;
  const state = stateOf(fs, layout, { kind: 'value', value });
  return state.kind === 'valid' ? state.pointer : null;
};

export type PointerCommit = {
  readonly version: string;
  readonly tree: string | null;
  /** Leave a pointer to a newer version alone: two processes may have staged different ones (S-07). */
  readonly unlessNewer?: boolean;
  /** Is what the pointer names now of any use? One to nothing is no reason to hold back. Default: it is. */
  readonly isLive?: (version: string) => boolean;
};
export type PointerCommitted = {
  readonly seq: number;
  /** The version that was named before, if any. */
  readonly previous: string | null;
  /** False only where a newer version was left in place. */
  readonly committed: boolean;
};

/** Points at a version. The one act that changes what is launched next. */
export const commitPointer = (
  fs: FileSystem,
  layout: Layout,
  { version, tree, unlessNewer = false, isLive = () => true }: PointerCommit,
  signal?: AbortSignal,
): Promise<PointerCommitted> => {
  layout.version(version);
  return reviseDocument<PointerCommitted>(
    fs,
    layout,
    layout.current,
    text => {
      const before = pointerIn(fs, layout, text);
      const previous = before?.version ?? null;
      if (unlessNewer && before !== null && gt(before.version, version) && isLive(before.version)) {
        return { text: null, result: { seq: before.seq, previous, committed: false } };
      }
      const seq = (before?.seq ?? 0) + 1;
      return { text: serialize({ version, seq, tree }), result: { seq, previous, committed: true } };
    },
    signal,
  );
};

/** Removes the pointer: whatever it says, or only one that says all of this; true if it was removed. */
export const clearPointer = (
  fs: FileSystem,
  layout: Layout,
  only?: Partial<Pointer>,
  limitMs?: number,
): Promise<boolean> => {
  const isMeant = (): boolean => {
    if (only === undefined) return true;
    // One that can't be read may name it: whoever removes its folder next must not take this for a no.
    const state = readPointer(strictly(fs), layout);
    if (state.kind !== 'valid') return false;
    const { version, seq, tree } = { ...state.pointer, ...only };
    return version === state.pointer.version && seq === state.pointer.seq && tree === state.pointer.tree;
  };
  return withLock(layout, path.basename(layout.current), () =>
    removeDurably(fs, layout.current, isMeant, limitMs),
  );
};
