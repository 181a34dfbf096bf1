import { existsSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Copies, type Copy, copyNamed, isFolded } from './core-lock-file.cjs';
import { type Ground, isInside } from './core-lock-ground.cjs';
import { CoreLockRefusal } from './core-lock-refusal.cjs';
import { importsTarget } from './imports-target.cjs';
import { bareName, type Home, homeOf, type Led, ledInto } from './leading.cjs';
import { nameIn } from './manifest.cjs';
import { copyAbove } from './nearer.cjs';
import { folderOfPlace, isInstalled, ownersOf } from './package-of-file.cjs';

export type Lock = { readonly copies: Copies; readonly ground: Ground };

/** Who asks for what; `importer` is a file, or what is none. */
export type Asked = {
  readonly request: string;
  readonly importer: string | undefined;
  readonly conditions: ReadonlySet<string>;
};

/** Where a request goes instead of where it would, or null. Both throw a `CoreLockRefusal` for what may go nowhere (K-06). */
export type Guard = {
  /** Before Node has looked: by the name alone. */
  readonly lead: (asked: Asked) => Led | null;
  /** When Node has found a file: by what it is part of. */
  readonly correct: (asked: Asked, file: string) => Led | null;
};

type Name = { readonly name: string; readonly rest: string };

/** A name with a path that climbs out of its package is a path. */
const nameOf = (request: string): Name | null => {
  const [, name, rest = ''] = bareName.exec(request) ?? [];
  return name === undefined || /[\\/]\.\.(?:[\\/]|$)/.test(rest) ? null : { name, rest };
};

/** The place that a request names by a path; null where it is none. */
const placeOf = (request: string, importer: string | undefined): string | null => {
  if (request.startsWith('file:')) return URL.canParse(request) ? fileURLToPath(request) : null;
  if (path.isAbsolute(request)) return request;
  const isRelative = /^\.\.?(?:[\\/]|$)/.test(request);
  return isRelative && importer !== undefined ? path.resolve(path.dirname(importer), request) : null;
};

const realOf = (file: string): string => {
  try {
    return realpathSync.native(file);
  } catch {
    // What Node has found by other means than the disk.
    return file;
  }
};

export const guardOf = ({ copies, ground }: Lock): Guard => {
  const homes = new Map<Copy, Home>();

  const placed = (copy: Copy, importer: string | undefined): string => {
    if (copy.place !== null) return path.resolve(ground.root, copy.place);
    throw new CoreLockRefusal(
      `${JSON.stringify(copy.name)} is joined into a file of the runtime, so that nobody can share it`,
      importer,
    );
  };

  const homeFor = (copy: Copy, importer: string | undefined): Home => {
    const dir = placed(copy, importer);
    try {
      const home = homes.get(copy) ?? homeOf(copy.name, dir);
      homes.set(copy, home);
      return home;
    } catch (error) {
      throw new CoreLockRefusal(`the runtime's ${JSON.stringify(copy.name)} can't be read`, importer, error);
    }
  };

  /** A package that is called so has this copy in the runtime; undefined: nothing of the runtime. */
  const sharedFor = (name: string, importer: string | undefined): Copy | undefined => {
    const copy = copyNamed(copies, name);
    if (copy === undefined || !isFolded(copies, name)) return copy;
    throw new CoreLockRefusal(
      `the package ${JSON.stringify(name)} differs from the runtime's ${JSON.stringify(copy.name)} in its case only`,
      importer,
    );
  };

  /** What a file at the importer's place would find: a package of this folder may be called otherwise. */
  const found = (name: string, importer: string | undefined): string | null => {
    const copy = importer === undefined ? null : copyAbove(name, path.dirname(importer));
    return copy === null || isInside(ground, copy.dir) ? null : nameIn(copy.dir);
  };

  const named = ({ name, rest }: Name, importer: string | undefined): Led | null => {
    const copy = copyNamed(copies, name);
    if (copy !== undefined && !isFolded(copies, name)) return ledInto(homeFor(copy, importer), rest);
    const other = found(name, importer);
    const shared = (other === null ? undefined : sharedFor(other, importer)) ?? copy;
    return shared === undefined ? null : ledInto(homeFor(shared, importer), rest);
  };

  /** A file of the runtime's copy for one of a copy that was not installed with its plugin. */
  const leftOut = (request: string, importer: string | undefined): Led | null => {
    const place = placeOf(request, importer);
    const owner = place === null || isInside(ground, place) ? null : folderOfPlace(place);
    const copy = owner === null ? undefined : copies.named.get(owner.name);
    if (place === null || owner === null || copy === undefined || existsSync(owner.dir)) return null;
    const from = path.join(placed(copy, importer), 'package.json');
    return { self: null, file: path.join(path.dirname(from), path.relative(owner.dir, place)), from };
  };

  const lead: Guard['lead'] = asked => {
    const { request, importer, conditions } = asked;
    if ((importer !== undefined && isInside(ground, importer)) || isBuiltin(request)) return null;
    const target =
      request.startsWith('#') && importer !== undefined
        ? importsTarget(request, importer, conditions)
        : request;
    if (target === null || isBuiltin(target)) return null;
    const name = nameOf(target);
    return name === null ? leftOut(target, importer) : named(name, importer);
  };

  /** The same file of the runtime's copy, for one of another copy. */
  const twinOf = (file: string, importer: string | undefined): Led | null => {
    for (const { dir, name } of ownersOf(file)) {
      const copy = sharedFor(name, importer);
      if (copy === undefined || (copy.place === '.' && !isInstalled(dir))) continue;
      const from = path.join(placed(copy, importer), 'package.json');
      const twin = path.join(path.dirname(from), path.relative(dir, file));
      if (existsSync(twin)) return { self: null, file: twin, from };
      throw new CoreLockRefusal(
        `${JSON.stringify(name)} belongs to the runtime, whose copy has no file like ${file}`,
        importer,
      );
    }
    return null;
  };

  const correct: Guard['correct'] = ({ request, importer }, file) => {
    if (!path.isAbsolute(file) || isInside(ground, file)) return null;
    const name = nameOf(request);
    if (importer !== undefined && isInside(ground, importer)) {
      // A name of the runtime's own never leads out.
      const led = name === null ? null : named(name, importer);
      if (led !== null) return led;
    }
    if (/\.(?:json|node)$/i.test(file)) return null;
    const real = realOf(file);
    // A second way to a file of the runtime would load it a second time.
    if (isInside(ground, real)) return { self: null, file: real, from: real };
    return twinOf(file, importer) ?? (real === file ? null : twinOf(real, importer));
  };

  return { lead, correct };
};
