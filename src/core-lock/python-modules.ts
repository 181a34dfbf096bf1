import { byCodeUnits } from './order.ts';

const identifier = /^[\p{XIDS}_]\p{XIDC}*$/u;

/** Sources, byte code without a source, and compiled modules of any interpreter: `a.py`, `a.abi3.so`, `a.cp313-win_amd64.pyd`. */
const moduleFile = /^([^.]+)\.(?:py|pyc|pyw|(?:[\w-]+\.)?(?:so|pyd))$/;

/** What an editable install leads to its sources with; nothing that anybody imports. */
const isDevice = (name: string): boolean => name === '__pycache__' || name.startsWith('__editable__');

/** Names that an `import` can say. */
const importable = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].filter(name => identifier.test(name) && !isDevice(name)).sort(byCodeUnits);

/** Of a `top_level.txt`: a name a line. Some have paths in it. */
export const declaredModules = (text: string): readonly string[] =>
  importable(text.split(/\s+/).map(word => word.split(/[./\\]/, 1)[0] ?? ''));

/** What a file is imported as by its own name; undefined for one that is no module. */
export const moduleName = (file: string): string | undefined => moduleFile.exec(file)?.[1];

/** `a/b/c.py` → `a`, also where `a` is a namespace; `a.py` → `a`; none of what lies outside or is only data. */
const topLevel = (file: string): string => {
  const parts = file.replaceAll('\\', '/').split('/');
  const module = moduleName(parts.at(-1) ?? '');
  if (module === undefined) return '';
  return parts.length === 1 ? module : (parts[0] ?? '');
};

/** Of the files that an installer has recorded, by their paths from the folder of the packages on. */
export const recordedModules = (files: readonly string[]): readonly string[] =>
  importable(files.map(topLevel));

/** Is a folder, by its path from the packages on, a namespace: nobody's alone, but of all that have a part in it? */
export type NamespaceLook = (folder: string) => boolean;

/** The first part of a file that is not only a namespace: `google/auth/jwt.py` → `google.auth`, `google/single.py` → `google.single`. */
const portionOf = (file: string, isNamespace: NamespaceLook): string | null => {
  const parts = file.replaceAll('\\', '/').split('/');
  const module = moduleName(parts.pop() ?? '');
  if (module === undefined) return null;
  for (const [index, part] of parts.entries())
    if (!identifier.test(part) || !isNamespace(parts.slice(0, index + 1).join('/')))
      return parts.slice(0, index + 1).join('.');
  return module === '__init__' ? null : [...parts, module].join('.');
};

/** Of a namespace, what a distribution has in it by its files: nobody has the name of a namespace for itself. */
const portionsOf = (
  name: string,
  files: readonly string[],
  isNamespace: NamespaceLook,
): readonly string[] => {
  const own = files.filter(file => file.replaceAll('\\', '/').startsWith(`${name}/`));
  const portions = own.map(file => portionOf(file, isNamespace)).filter(portion => portion !== null);
  const named = portions.filter(portion => portion.split('.').every(part => identifier.test(part)));
  return named.length === 0 ? [name] : named;
};

/** Names of modules, in place of each namespace what belongs to the distribution in it. */
export const withoutNamespaces = (
  names: readonly string[],
  files: () => readonly string[],
  isNamespace: NamespaceLook,
): readonly string[] => {
  const shared = names.filter(isNamespace);
  if (shared.length === 0) return names;
  const recorded = files();
  const spread = names.flatMap(name =>
    shared.includes(name) ? portionsOf(name, recorded, isNamespace) : [name],
  );
  return [...new Set(spread)].sort(byCodeUnits);
};
