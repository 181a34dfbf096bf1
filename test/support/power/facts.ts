import { createHash } from 'node:crypto';
import { bytesOf } from './contents.ts';
import type { Place } from './operation.ts';
import { fileAt, find, folderAt, textAt, type View, walk } from './view.ts';
import { type Expected, storePlace } from './world.ts';

/** What a disk holds, read without any of our code: what the rules are about. */
export type Facts = {
  /** Null: none. `tree` is what the pointer recorded. */
  readonly pointer: { readonly version: string; readonly tree: string | null } | null;
  readonly pin: string | null;
  /** Strikes by version. */
  readonly marks: ReadonlyMap<string, number>;
  readonly launches: ReadonlyMap<string, number>;
  readonly trusted: readonly string[];
  readonly attempts: readonly { readonly version: string; readonly state: string }[];
  readonly folders: ReadonlyMap<string, Wholeness>;
  /** A file of a version as text; null where there is none. */
  readonly textOf: (version: string, file: Place) => string | null;
  /** SHA-256 of the tree list of a version; null where there is none. */
  readonly listOf: (version: string) => string | null;
};

export type Wholeness = 'whole' | 'damaged';

type Json = Readonly<Record<string, unknown>>;

const recordOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const parse = (text: string | null): Json => {
  if (text === null) return {};
  try {
    return recordOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

const textOr = <T>(value: unknown, other: T): string | T => (typeof value === 'string' ? value : other);
const listOr = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const listName = '.stagedoor-tree.json';
export const versionPlace = (version: string): Place => `${storePlace}/versions/${version}`;

/** Every file there with its bytes and rights, and no other one; the tree list only has to be one. */
const wholeness = (view: View, version: string, expected: Expected | undefined): Wholeness => {
  const root = find(view, versionPlace(version));
  if (root === undefined || expected === undefined) return 'damaged';
  if (!Array.isArray(parse(textAt(view, `${versionPlace(version)}/${listName}`)).files)) return 'damaged';
  let found = 0;
  for (const [place, inode] of walk(view, root)) {
    const file = view.file(inode);
    if (file === undefined || place === listName) continue;
    const wanted = expected.get(place);
    if (wanted === undefined || file.mode !== wanted.mode) return 'damaged';
    if (!bytesOf(file.content).equals(wanted.content)) return 'damaged';
    found += 1;
  }
  return found === expected.size ? 'whole' : 'damaged';
};

const pointerOf = (view: View): Facts['pointer'] => {
  const { version, tree } = parse(textAt(view, `${storePlace}/current.json`));
  return typeof version === 'string' ? { version, tree: textOr(tree, null) } : null;
};

const marksOf = (view: View): Facts['marks'] => {
  const { versions } = parse(textAt(view, `${storePlace}/bad-versions.json`));
  const marks = listOr(versions).map(recordOf);
  return new Map(marks.map(({ version, strikes }) => [textOr(version, '?'), Number(strikes)]));
};

export const factsOf = (view: View, expected: ReadonlyMap<string, Expected>): Facts => {
  const health = parse(textAt(view, `${storePlace}/health.json`));
  const attempts = [...(folderAt(view, `${storePlace}/attempts`)?.keys() ?? [])]
    .filter(name => !name.startsWith('.'))
    .map(name => parse(textAt(view, `${storePlace}/attempts/${name}`)));
  const versions = [...(folderAt(view, `${storePlace}/versions`)?.keys() ?? [])];
  return {
    pointer: pointerOf(view),
    pin: textOr(parse(textAt(view, `${storePlace}/pin.json`)).version, null),
    marks: marksOf(view),
    launches: new Map(
      Object.entries(recordOf(health.versions)).map(([version, known]) => [
        version,
        Number(recordOf(known).launches),
      ]),
    ),
    trusted: listOr(health.trusted).map(String),
    attempts: attempts.map(({ version, state }) => ({
      version: textOr(version, '?'),
      state: textOr(state, '?'),
    })),
    folders: new Map(
      versions
        .filter(name => !name.endsWith('.partial'))
        .map(version => [version, wholeness(view, version, expected.get(version))]),
    ),
    textOf: (version, file) => textAt(view, `${versionPlace(version)}/${file}`),
    listOf: version => {
      const list = fileAt(view, `${versionPlace(version)}/${listName}`);
      return list === undefined ? null : createHash('sha256').update(bytesOf(list.content)).digest('hex');
    },
  };
};
