/** A hook of Node's module loader: leads the imports of Electron's built-in modules to the double. */
type Context = { readonly parentURL?: string | undefined };
type Resolved = { readonly url: string; readonly format?: string; readonly shortCircuit?: boolean };
type Next = (specifier: string, context: Context) => Resolved | Promise<Resolved>;

const double = new URL('./electron-module.js', import.meta.url).href;
const builtIns: ReadonlyMap<string, string> = new Map([
  ['electron', double],
  ['electron/main', double],
  ['electron/common', double],
  // "The original version of fs, without the support for archives."
  ['original-fs', 'node:fs'],
]);

export const resolve = (specifier: string, context: Context, next: Next): Resolved | Promise<Resolved> => {
  const url = builtIns.get(specifier);
  if (url === undefined) return next(specifier, context);
  return { url, format: url === double ? 'module' : 'builtin', shortCircuit: true };
};
