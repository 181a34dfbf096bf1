import type { Dirent, Stats } from 'node:fs';
import path from 'node:path';
import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bounds } from './bounds.ts';
import { isInside } from './inside.ts';
import { byCodeUnits } from './order.ts';

/** A folder that may hold a package. */
export type Spot = {
  /** Without links. */
  readonly dir: string;
  /** From the root on, with forward slashes; `.` for the root itself. */
  readonly place: string;
  /** Under which it is imported: the names of its folder and of the links that lead there. */
  readonly names: ReadonlySet<string>;
};

export type Walk = {
  readonly spots: readonly Spot[];
  /** Places of links that lead out of the root: what is there is not the runtime's. */
  readonly outside: readonly string[];
};

const modulesName = 'node_modules';

const placeOf = (root: string, dir: string): string =>
  path.relative(root, dir).split(path.sep).join('/') || '.';

/** The real place of a link; null where it leads nowhere. */
const followed = (fs: FileSystem, link: string): string | null => {
  try {
    return fs.realpathSync(link);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw diskFailure(error, `follow the link ${path.basename(link)}`);
  }
};

const looked = (fs: FileSystem, dir: string): Stats | undefined => {
  try {
    return fs.lstatSync(dir, { throwIfNoEntry: false });
  } catch (error) {
    throw diskFailure(error, `look at ${path.basename(dir)}`);
  }
};

const entriesOf = (fs: FileSystem, dir: string): readonly Dirent[] => {
  try {
    return fs.readdirSync(dir, { withFileTypes: true }).sort((a, b) => byCodeUnits(a.name, b.name));
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw diskFailure(error, `read the folder ${path.basename(dir)}`);
  }
};

/** The `node_modules` folder that a package lies in directly; a package there sees its neighbours. */
const neighbourhood = (dir: string): string | null => {
  const above = path.dirname(dir);
  const folder = path.basename(above).startsWith('@') ? path.dirname(above) : above;
  return path.basename(folder) === modulesName ? folder : null;
};

/**
 * Every folder that a module of the root could load a package from: `node_modules` of the root and of each package found,
 * and beside what a link leads to (pnpm's layout). Each real folder is gone through once, so that no ring of links has an end
 * to be waited for. A root that is a `node_modules` itself is no package, and places begin below it.
 */
export const walkNodeTree = (fs: FileSystem, root: string): Walk => {
  const isModules = path.basename(root) === modulesName;
  const spots = new Map<string, Set<string>>(isModules ? [] : [[root, new Set()]]);
  const outside = new Set<string>();
  const seen = new Set<string>();
  const waiting: string[] = [isModules ? root : path.join(root, modulesName)];

  const meet = (name: string, dir: string): void => {
    const known = spots.get(dir);
    if (known !== undefined) {
      known.add(name);
      return;
    }
    if (spots.size > bounds.packages)
      throw new StagedoorError('PACKAGE_UNSAFE', `the tree holds more than ${bounds.packages} packages`);
    spots.set(dir, new Set([name]));
    waiting.push(path.join(dir, modulesName));
    const beside = neighbourhood(dir);
    if (beside !== null && isInside(root, beside)) waiting.push(beside);
  };

  const realFolder = (entry: Pick<Dirent, 'isDirectory' | 'isSymbolicLink'>, dir: string): string | null => {
    if (entry.isDirectory()) return dir;
    const real = entry.isSymbolicLink() ? followed(fs, dir) : null;
    if (real === null || isInside(root, real)) return real;
    outside.add(placeOf(root, dir));
    return null;
  };

  const enter = (folder: string, scope: string): void => {
    if (seen.has(`${scope}\0${folder}`)) return;
    seen.add(`${scope}\0${folder}`);
    for (const entry of entriesOf(fs, folder)) {
      const real = entry.name.startsWith('.') ? null : realFolder(entry, path.join(folder, entry.name));
      if (real === null) continue;
      if (scope === '' && entry.name.startsWith('@')) enter(real, `${entry.name}/`);
      else meet(`${scope}${entry.name}`, real);
    }
  };

  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stats = looked(fs, next);
    const real = stats === undefined ? null : realFolder(stats, next);
    if (real !== null) enter(real, '');
  }
  return {
    spots: [...spots].map(([dir, names]) => ({ dir, place: placeOf(root, dir), names })),
    outside: [...outside].sort(byCodeUnits),
  };
};
