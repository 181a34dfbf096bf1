import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import { isToken } from '../process/identity.ts';
import { isVersion } from './semantic-version.ts';

/** Every name in the store (S-01). Versions and scratch names are checked before they become a path. */
export type Layout = {
  readonly root: string;
  readonly current: string;
  readonly badVersions: string;
  readonly health: string;
  readonly pin: string;
  readonly launchKind: string;
  readonly journal: string;
  readonly olderJournal: string;
  readonly attempts: string;
  readonly leases: string;
  readonly versions: string;
  readonly cache: string;
  readonly trash: string;
  /** The trash for a `versions` on a device of its own: nothing can be renamed out of it. */
  readonly nearTrash: string;
  /** `versions/<v>`. */
  readonly version: (version: string) => string;
  /** The tree list of a finished version. */
  readonly treeList: (version: string) => string;
  /** `versions/<v>.partial`, which holds one folder per attempt at staging. */
  readonly partials: (version: string) => string;
  /** The folder of one attempt; a scratch name is `<v>.partial/<id>`. */
  readonly partial: (scratch: string) => string;
  /** What becomes `versions/<v>`. */
  readonly partialTree: (scratch: string) => string;
  readonly partialTarball: (scratch: string) => string;
  /** The record of one attempt at launching. */
  readonly attempt: (id: string) => string;
  /** What the child of an attempt writes of itself, until it is read. */
  readonly identity: (id: string) => string;
  readonly lease: (id: string) => string;
};

/** Reserved in every staged tree: a package that brings a file of this name is refused. */
export const treeListName = '.stagedoor-tree.json';
export const partialSuffix = '.partial';
export const identitySuffix = '.identity';

const refuse = (what: string, text: string): never => {
  throw new StagedoorError('INTERNAL', `${JSON.stringify(text)} is no ${what}`);
};

const versionName = (version: string): string => (isVersion(version) ? version : refuse('version', version));
/** May this name a record of an attempt or a lease? */
export const isId = (text: string): boolean => /^[a-z0-9-]{1,120}$/.test(text);
const idName = (id: string): string => (isId(id) ? id : refuse('id', id));

/** Splits `<v>.partial/<id>`; null for any other shape. */
export const partsOfScratch = (scratch: string): { version: string; id: string } | null => {
  const [folder = '', id = '', ...rest] = scratch.split('/');
  const version = folder.slice(0, -partialSuffix.length);
  const known =
    rest.length === 0 && folder.endsWith(partialSuffix) && isVersion(version) && ownerOf(id) !== null;
  return known ? { version, id } : null;
};

/** The process token in the name of a scratch folder or temporary file (`<token>-<random>`), else null. */
export const ownerOf = (id: string): string | null => {
  const token = id.slice(0, id.lastIndexOf('-'));
  return isToken(token) && /-[0-9a-f]{8,}$/.test(id) ? token : null;
};

/** `<process token>-<random>`: unique, and its owner's liveness is known without another file. */
export const ownedName = (token: string): string => `${token}-${randomBytes(6).toString('hex')}`;

/** A scratch name that nobody else has (S-07). */
export const newScratch = (version: string, token: string): string =>
  `${versionName(version)}${partialSuffix}/${ownedName(token)}`;

export const storeLayout = (folder: string): Layout => {
  const root = path.resolve(folder);
  const at = (...names: readonly string[]): string => path.join(root, ...names);
  const partial = (scratch: string): string => {
    const parts = partsOfScratch(scratch) ?? refuse('scratch folder', scratch);
    return at('versions', `${parts.version}${partialSuffix}`, parts.id);
  };
  return {
    root,
    current: at('current.json'),
    badVersions: at('bad-versions.json'),
    health: at('health.json'),
    pin: at('pin.json'),
    launchKind: at('launch-kind.json'),
    journal: at('journal.jsonl'),
    olderJournal: at('journal.1.jsonl'),
    attempts: at('attempts'),
    leases: at('leases'),
    versions: at('versions'),
    cache: at('cache'),
    trash: at('trash'),
    nearTrash: at('versions', '.trash'),
    version: version => at('versions', versionName(version)),
    treeList: version => at('versions', versionName(version), treeListName),
    partials: version => at('versions', `${versionName(version)}${partialSuffix}`),
    partial,
    partialTree: scratch => path.join(partial(scratch), 'tree'),
    partialTarball: scratch => path.join(partial(scratch), 'package.tgz'),
    attempt: id => at('attempts', `${idName(id)}.json`),
    identity: id => at('attempts', `${idName(id)}${identitySuffix}`),
    lease: id => at('leases', `${idName(id)}.json`),
  };
};

/** The version that a path is the entry of, if it has the full canonical shape and nothing else (S-08). */
export const versionOfEntry = (layout: Layout, file: string, entry: string): string | null => {
  const prefix = layout.versions + path.sep;
  if (!path.isAbsolute(file) || !file.startsWith(prefix)) return null;
  const version = file.slice(prefix.length).split(path.sep, 1)[0];
  if (!isVersion(version)) return null;
  return file === path.join(layout.version(version), entry) ? version : null;
};
