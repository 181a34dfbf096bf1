import { byCodeUnits } from './python-order.ts';

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

/** `a/b/c.py` → `a`, also where `a` is a namespace; `a.py` → `a`; none of what lies outside or is only data. */
const topLevel = (file: string): string => {
  const parts = file.replaceAll('\\', '/').split('/');
  const module = moduleFile.exec(parts.at(-1) ?? '')?.[1];
  if (module === undefined) return '';
  return parts.length === 1 ? module : (parts[0] ?? '');
};

/** Of the files that an installer has recorded, by their paths from the folder of the packages on. */
export const recordedModules = (files: readonly string[]): readonly string[] =>
  importable(files.map(topLevel));
