import path from 'node:path';
import { nameIn } from './manifest.cjs';

export type Owner = { readonly dir: string; readonly name: string };

const underModules = /^(?:.*[\\/])?node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s;

/** The package that a place is in by its path alone, whether it is there or not: its folder, and how that is called. */
export const folderOfPlace = (place: string): Owner | null => {
  const [dir, name] = underModules.exec(place) ?? [];
  return dir === undefined || name === undefined ? null : { dir, name: name.replace('\\', '/') };
};

/** Whether a package was put there as one; else it is somebody's own folder, which may be called like anything. */
export const isInstalled = (folder: string): boolean => underModules.test(folder);

/** The package that a file was installed with, whatever is said further inside; by its folder where it has no name. */
const installed = (folder: string): Owner | null => {
  const owner = folderOfPlace(folder);
  return owner === null ? null : { ...owner, name: nameIn(owner.dir) ?? owner.name };
};

const nearest = (folder: string, last: string | undefined): Owner | null => {
  for (let dir = folder; ; dir = path.dirname(dir)) {
    const name = nameIn(dir);
    if (name !== null) return { dir, name };
    if (dir === last || dir === path.dirname(dir)) return null;
  }
};

const known = new Map<string, readonly Owner[]>();

/** The packages that a file is part of: by the nearest manifest with a name, and as it was installed. */
export const ownersOf = (file: string): readonly Owner[] => {
  const folder = path.dirname(file);
  const owners = known.get(folder);
  if (owners !== undefined) return owners;
  const whole = installed(folder);
  const fresh = [nearest(folder, whole?.dir), whole].filter(owner => owner !== null);
  known.set(folder, fresh);
  return fresh;
};
