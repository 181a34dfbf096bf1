import path from 'node:path';
import { nameIn } from './manifest.cjs';

export type Owner = { readonly dir: string; readonly name: string };

const underModules = /^(?:.*[\\/])?node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/s;

/** The package that a file was installed with, whatever is said further inside; by its folder where it has no name. */
const installed = (folder: string): Owner | null => {
  const [dir, name] = underModules.exec(folder) ?? [];
  if (dir === undefined || name === undefined) return null;
  return { dir, name: nameIn(dir) ?? name.replace('\\', '/') };
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
