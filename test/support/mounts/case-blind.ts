import nodeFs from 'node:fs';
import path from 'node:path';
import type { FileSystem } from '#src/store/file-system.js';

/** The name under which a folder holds a name, whatever its case. */
const spelling = (dir: string, name: string): string => {
  const names = nodeFs.existsSync(dir) && nodeFs.statSync(dir).isDirectory() ? nodeFs.readdirSync(dir) : [];
  return names.find(known => known.toLowerCase() === name.toLowerCase()) ?? name;
};

const realCase = (root: string, place: string): string => {
  if (place !== root && !place.startsWith(root + path.sep)) return place;
  return path
    .relative(root, place)
    .split(path.sep)
    .reduce((dir, name) => (name === '' ? dir : path.join(dir, spelling(dir, name))), root);
};

/** Two names: the last segment of the target is the new spelling, unless it is there already. */
const twoNames = new Set(['rename', 'renameSync', 'link', 'linkSync', 'copyFile', 'copyFileSync']);

const blind = <Functions extends object>(functions: Functions, root: string): Functions =>
  new Proxy(functions, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'promises' && typeof value === 'object' && value !== null) return blind(value, root);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: readonly unknown[]): unknown => {
        const places = twoNames.has(name) ? 2 : 1;
        const given = args.map((arg, index) =>
          index < places && typeof arg === 'string' ? realCase(root, arg) : arg,
        );
        return Reflect.apply(value, target, given);
      };
    },
  });

/** A disk that keeps the case of names and does not tell names by it, below a folder: as macOS and Windows have them. */
export const caseBlind = (root: string): FileSystem => blind<FileSystem>(nodeFs, root);
