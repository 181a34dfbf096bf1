import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bounds } from './bounds.ts';
import type { CoreLock, LockedPackage } from './core-lock.ts';
import { readJoinedPackages } from './joined-packages.ts';
import { type LeftOut, readNodeTree } from './node-tree.ts';
import { packageKey, sortedLock } from './order.ts';

/** The distributions of a `site-packages` folder. */
export type PythonReader = (fs: FileSystem, dir: string) => readonly LockedPackage[];

export type LockRequest = {
  /** The runtime's folder. */
  readonly dir: string;
  /** What a bundler says it has joined; null where nothing is joined, or nobody says so. */
  readonly metafile: string | null;
};

/** A lock, and what was seen in the tree and is not in it. */
export type Locking = { readonly lock: CoreLock; readonly leftOut: readonly LeftOut[] };

const noTree = (dir: string, reason: string): StagedoorError =>
  new StagedoorError('BUNDLED_INVALID', `${dir} can't be locked: ${reason}`, {
    hint: 'Name the folder of the runtime: it has a package.json, node_modules or site-packages.',
  });

const realFolder = (fs: FileSystem, dir: string): string => {
  try {
    if (fs.statSync(dir).isDirectory()) return fs.realpathSync(dir);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw diskFailure(error, `look at ${dir}`);
  }
  throw noTree(dir, 'there is no such folder');
};

const isOwnFolder = (fs: FileSystem, place: string): boolean => {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    throw diskFailure(error, `look at ${place}`);
  }
};

const siteName = 'site-packages';

/** The folder's own `site-packages`, or itself where it is one; empty for the latter. */
const siteIn = (fs: FileSystem, root: string): string | null => {
  if (path.basename(root) === siteName) return '';
  return isOwnFolder(fs, path.join(root, siteName)) ? siteName : null;
};

/** Where a runtime's folder has its packages of Python; null where it has none. */
export const pythonSite = (fs: FileSystem, dir: string): string | null => {
  const root = realFolder(fs, dir);
  const site = siteIn(fs, root);
  return site === null ? null : path.join(root, site);
};

const pythonPackages = (fs: FileSystem, root: string, read: PythonReader): readonly LockedPackage[] => {
  const site = siteIn(fs, root);
  if (site === null) return [];
  const below = site === '' ? '' : `${site}/`;
  return read(fs, path.join(root, site)).map(one => ({
    ...one,
    place: one.place === null ? null : `${below}${one.place}`,
  }));
};

const assertOnce = (packages: readonly LockedPackage[]): void => {
  if (packages.length > bounds.packages)
    throw new StagedoorError('PACKAGE_UNSAFE', `the tree holds more than ${bounds.packages} packages`);
  const seen = new Set<string>();
  for (const one of packages) {
    const key = packageKey(one);
    if (seen.has(key)) throw new StagedoorError('INTERNAL', `${one.name} was read twice at ${one.place}`);
    seen.add(key);
  }
};

/** What belongs to the runtime in a folder, read without running anything of it. An empty lock is an error: it would guard nothing. */
export const lockOf = (fs: FileSystem, { dir, metafile }: LockRequest, readPython: PythonReader): Locking => {
  const root = realFolder(fs, dir);
  const node = readNodeTree(fs, root);
  const python = pythonPackages(fs, root, readPython);
  const joined = metafile === null ? [] : readJoinedPackages(fs, metafile);
  const packages = [...node.packages, ...python, ...joined];
  if (packages.length === 0) throw noTree(dir, 'it holds no package');
  assertOnce(packages);
  return { lock: sortedLock({ packages, aliases: node.aliases }), leftOut: node.leftOut };
};
