import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Says whether what an importer would load by this name is a copy of its own, in another version than the one that is led to. */
export type HasOther = (name: string, importer: string, dir: string) => boolean;

export type Copy = { readonly holder: string; readonly dir: string };

/** The package that Node finds from a folder by this name; `holder` has the `node_modules` that it lies in. */
export const copyAbove = (name: string, from: string): Copy | null => {
  for (let holder = from; ; holder = path.dirname(holder)) {
    const dir = path.join(holder, 'node_modules', name);
    if (existsSync(path.join(dir, 'package.json'))) return { holder, dir };
    if (holder === path.dirname(holder)) return null;
  }
};

const versionIn = (dir: string): unknown => {
  try {
    return (JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as { version?: unknown })
      .version;
  } catch {
    // What can't be read is nothing to keep: the copy that fits is as good.
    return undefined;
  }
};

const realOf = (place: string): string => {
  try {
    return realpathSync(place);
  } catch {
    // An entry that is no file yet, or inside an archive.
    return place;
  }
};

/** What is above the entry belongs to the whole runtime; pnpm links that very copy into its packages, too. */
export const hasOtherBelow = (entry: string): HasOther => {
  const from = path.dirname(realOf(entry));
  const isOther = (name: string, folder: string, dir: string): boolean => {
    const copy = copyAbove(name, folder);
    if (copy === null || `${from}${path.sep}`.startsWith(path.join(copy.holder, path.sep))) return false;
    const top = copyAbove(name, from);
    if (top !== null && realOf(top.dir) === realOf(copy.dir)) return false;
    const version = versionIn(copy.dir);
    return version !== undefined && version !== versionIn(dir);
  };
  const known = new Map<string, boolean>();
  return (name, importer, dir) => {
    const folder = path.dirname(importer);
    const key = `${name}\0${folder}`;
    const answer = known.get(key) ?? isOther(name, folder, dir);
    known.set(key, answer);
    return answer;
  };
};
