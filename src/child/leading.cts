import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hasOtherBelow } from './nearer.cjs';

/** Name of a package → the folder that has it. */
export type Dirs = Readonly<Record<string, string>>;

export type Home = {
  readonly dir: string;
  /** Its own files look for themselves; null where they would not find themselves, outside any `node_modules`. */
  readonly inner: string | null;
  readonly self: string | null;
};

/** Where a request goes instead: `file` in a package without `exports`, else `self` asked from inside, by its own `exports`. */
export type Led = { readonly self: string | null; readonly file: string; readonly from: string };
export type Lead = (request: string, importer: string | undefined) => Led | null;

export const bareName: RegExp = /^((?:@[^/\\:]+\/)?[^@./\\:#][^/\\:]*)(\/.*)?$/;

/** Throws where the folder holds no package. */
export const homeOf = (name: string, dir: string): Home => {
  const { name: ownName, exports } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8')) as {
    readonly name?: unknown;
    readonly exports?: unknown;
  };
  const closed = exports !== undefined && exports !== null && typeof ownName === 'string';
  const real = realpathSync(dir);
  const inner = real.endsWith(path.join('node_modules', name)) ? real : null;
  return { dir, inner, self: closed ? ownName : null };
};

/** A package of its own below it is none of its inner files. */
const isInside = (folder: string, file: string): boolean =>
  file.startsWith(folder + path.sep) && !file.slice(folder.length).split(path.sep).includes('node_modules');

/** `rest`: what is asked for in it, empty or with a slash before it. */
export const ledInto = ({ dir, self }: Home, rest: string): Led => ({
  self: self === null ? null : self + rest,
  file: path.join(dir, rest),
  from: path.join(dir, 'package.json'),
});

/** Says where a bare request for one of the mapped packages goes; null for all else, and for who has another version of its own. */
export const leadTo = (dirs: Dirs): Lead => {
  const entry = process.env.STAGEDOOR_ENTRY ?? process.argv[1];
  const hasOther = entry === undefined ? null : hasOtherBelow(entry);
  const homes = new Map(Object.entries(dirs).map(([name, dir]) => [name, homeOf(name, dir)]));
  return (request, importer) => {
    const [, name = '', rest = ''] = bareName.exec(request) ?? [];
    const home = homes.get(name);
    if (home === undefined) return null;
    const { dir, inner } = home;
    if (importer !== undefined && inner !== null && isInside(inner, importer)) return null;
    if (importer !== undefined && hasOther?.(name, importer, dir) === true) return null;
    return ledInto(home, rest);
  };
};

export const pathOf = (importer: string | undefined): string | undefined =>
  importer?.startsWith('file:') === true ? fileURLToPath(importer) : undefined;

export type Context = { readonly parentURL?: string | undefined };

/** A specifier, and what is behind it in its URL, which is never part of a file's name. */
export const partsOf = (specifier: string): readonly [request: string, tail: string] => {
  const [, request = '', tail = ''] = /^([^?#]*)(.*)$/s.exec(specifier) ?? [];
  return [request, tail];
};

/** What `import` is to resolve instead, and from where. */
export const ledImport = <Given extends Context>(
  led: Led,
  tail: string,
  context: Given,
): readonly [string, Given] => {
  const parentURL = pathToFileURL(led.from).href;
  if (led.self !== null) return [led.self + tail, { ...context, parentURL }];
  // Node's old rules for `main` are those of CommonJS.
  const isMain = led.file === path.dirname(led.from);
  const file = isMain ? createRequire(led.from).resolve(led.file) : led.file;
  return [pathToFileURL(file).href + tail, context];
};

/** The same for `import`. */
export const leadImport =
  (lead: Lead) =>
  <Given extends Context>(specifier: string, context: Given): readonly [string, Given] => {
    const [request, tail] = partsOf(specifier);
    const led = lead(request, pathOf(context.parentURL));
    return led === null ? [specifier, context] : ledImport(led, tail, context);
  };
