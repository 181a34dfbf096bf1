import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Files by their path with what can be seen of them: mode and SHA-256, or where a link leads. */
export type Shape = ReadonlyMap<string, string>;

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

export const lookOf = (mode: number, content: string | Buffer): string =>
  `${mode.toString(8)} ${sha256(content)}`;

const lookAt = (file: string): string => {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(file)}`;
  return stats.isFile() ? lookOf(stats.mode & 0o7777, readFileSync(file)) : 'neither file nor link';
};

/** Every file below a folder but for the subfolders that are left out, read anew each time. */
export const shapeOf = (root: string, leftOut: (folder: string) => boolean = () => false): Shape => {
  const shape = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const child of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const relative = folder === '' ? child.name : `${folder}/${child.name}`;
      if (!child.isDirectory()) shape.set(relative, lookAt(path.join(root, relative)));
      else if (!leftOut(relative)) walk(relative);
    }
  };
  if (existsSync(root)) walk('');
  return shape;
};

/** The first file that differs, in words; null if there is none. */
export const differenceOf = (actual: Shape, expected: Shape): string | null => {
  for (const [file, look] of expected) {
    const seen = actual.get(file);
    if (seen !== look) return `${file} ${seen === undefined ? 'is gone' : 'has changed'}`;
  }
  for (const file of actual.keys()) if (!expected.has(file)) return `${file} is new`;
  return null;
};

/** What a store must hold now, by what the test has done and what it has seen succeed. */
export type StoreState = {
  /** What `current.json` names. */
  pointer: { readonly version: string; readonly seq: number };
  /** The trees below `versions`, without their lists. */
  readonly versions: Map<string, Shape>;
  /** Versions whose damaged tree was replaced while the pointer could not be written: it holds the hash of another list. */
  readonly replaced: Set<string>;
  /** All other files but the document cache, the scratch folders and the trash. */
  rest: Map<string, string>;
};

const treeListName = '.stagedoor-tree.json';
const isScratch = (folder: string): boolean => /^versions\/[^/]+\.partial$/.test(folder);

const partsOf = (store: string) => {
  const versions = new Map<string, Map<string, string>>();
  const rest = new Map<string, string>();
  for (const [file, look] of shapeOf(
    store,
    folder => ['cache', 'trash'].includes(folder) || isScratch(folder),
  )) {
    const [, version = '', inside = ''] = /^versions\/([^/]+)\/(.+)$/.exec(file) ?? [];
    if (version === '') rest.set(file, look);
    else versions.set(version, (versions.get(version) ?? new Map()).set(inside, look));
  }
  return { versions, rest };
};

/** The files outside of versions, pointer and cache: marks, pin, whatever else lies there. */
export const restOf = (store: string): Map<string, string> => {
  const { rest } = partsOf(store);
  rest.delete('current.json');
  return rest;
};

/** Scratch folders that are there, as `<v>.partial` or `<v>.partial/<id>`. */
export const scratchIn = (store: string): string[] => {
  const versions = path.join(store, 'versions');
  const partials = existsSync(versions)
    ? readdirSync(versions).filter(name => name.endsWith('.partial'))
    : [];
  return partials.flatMap(name => {
    const ids = readdirSync(path.join(versions, name));
    return ids.length === 0 ? [name] : ids.map(id => `${name}/${id}`);
  });
};

const brokenTree = (version: string, files: Map<string, string>, expected: Shape | undefined): string[] => {
  if (expected === undefined) return [`U-06: versions/${version} has come without a commit`];
  const hasList = files.delete(treeListName);
  const difference = differenceOf(files, expected);
  if (difference !== null) return [`P-08: in versions/${version} ${difference}`];
  return hasList ? [] : [`P-08: versions/${version} has no tree list`];
};

const treeIn = (pointer: unknown): unknown =>
  typeof pointer === 'object' && pointer !== null && 'tree' in pointer ? pointer.tree : null;

const brokenPointer = (store: string, { pointer, replaced }: StoreState): string[] => {
  const { version, seq } = pointer;
  const text = readFileSync(path.join(store, 'current.json'), 'utf8');
  const list = path.join(store, 'versions', version, treeListName);
  const found: unknown = JSON.parse(text);
  const tree = replaced.has(version)
    ? treeIn(found)
    : existsSync(list)
      ? sha256(readFileSync(list))
      : 'missing';
  const expected = JSON.stringify({ schema: 1, version, seq, tree });
  return text.trim() === expected ? [] : [`U-06: the pointer is ${text.trim()} and must be ${expected}`];
};

/** The rules that a store breaks: nothing that could be launched differs from what was published, nothing else changes. */
export const brokenStoreRules = (store: string, expected: StoreState): string[] => {
  const { versions, rest } = partsOf(store);
  rest.delete('current.json');
  const gone = [...expected.versions.keys()].filter(version => !versions.has(version));
  const changed = differenceOf(rest, expected.rest);
  return [
    ...brokenPointer(store, expected),
    ...gone.map(version => `U-09: versions/${version} is gone`),
    ...[...versions].flatMap(([version, files]) =>
      brokenTree(version, files, expected.versions.get(version)),
    ),
    ...(changed === null ? [] : [`P-25: ${changed}`]),
  ];
};

/** Why what the pointer names at this moment could not be launched as it was published; nothing while no file is there. */
export const brokenLaunch = (store: string, published: (version: string) => Shape): string[] => {
  const pointer = path.join(store, 'current.json');
  if (lstatSync(pointer, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const { version, tree } = JSON.parse(readFileSync(pointer, 'utf8')) as { version: string; tree: string };
  const folder = path.join(store, 'versions', version);
  const files = new Map(shapeOf(folder));
  if (files.get(treeListName)?.endsWith(tree) !== true)
    return [`P-08: the pointer names ${version} without its list`];
  return brokenTree(version, files, published(version));
};
