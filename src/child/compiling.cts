import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { sep } from 'node:path';

/** A file that is required, before it runs. */
export type Required = {
  readonly text: string;
  readonly file: string;
  /** What Node knows of its kind by its name and its manifest. */
  readonly format: string | undefined;
  /** What the process was started with. */
  readonly isMain: boolean;
};

type Loaded = { readonly id?: unknown };
type Compile = (this: Loaded, content: unknown, file: string, format?: unknown) => unknown;
/** How a file of some ending is loaded. */
type Extension = (this: unknown, module: Loaded, file: string) => unknown;

const prototype = Module.prototype as unknown as { _compile: Compile };
const { _extensions: extensions } = Module as unknown as {
  readonly _extensions: Record<string, Extension | undefined>;
};

/** Nodes before 20.19 tell only whether it is an ES module. */
export const formatOf = (given: unknown): string | undefined =>
  typeof given === 'string' ? given : given === true ? 'module' : undefined;

/** Empty where it can not be read. */
export const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Node says what is wrong with it.
    return '';
  }
};

/** A built-in module, or a file of a single ending: the longest one counts, whatever others there are. */
const plainName = /^[^\\/]*$|[\\/][^\\/.]*\.(?:js|json|node)$/;
/** Nearly every file is spared the pattern. */
const isPlainName = (file: string): boolean =>
  (file.endsWith('.js') && file.indexOf('.', file.lastIndexOf(sep) + 1) === file.length - 3) ||
  plainName.test(file);

/** What runs files otherwise than by their texts brings an extension of its own, or another compiler. */
const knownExtensions = new Set(['.js', '.json', '.node', '.mjs', '.ts', '.cts', '.mts']);

/** Of what Node hands over to be compiled. */
export type IsPlain = (content: unknown, given: unknown, file: string) => boolean;
type Around = (required: Required, run: () => unknown) => unknown;

/** Says whether a file comes by that is to be required. From now on `around` runs each file that is required, but for what `isPlain` lets by: each of a cold start comes here. */
export const aroundRequired = (isPlain: IsPlain, around: Around): ((file: string) => boolean) => {
  const { _compile: compile } = prototype;
  let main: Loaded | undefined;
  const isMain = (module: Loaded): boolean => {
    if (module.id === '.') main ??= module;
    return module === main;
  };
  const compileAround = (module: Loaded, content: unknown, file: string, given: unknown): unknown => {
    const required = { text: String(content), file, format: formatOf(given), isMain: isMain(module) };
    return around(required, () => compile.call(module, content, file, given));
  };
  prototype._compile = function (content, file, given) {
    return isPlain(content, given, file)
      ? compile.call(this, content, file, given)
      : compileAround(this, content, file, given);
  };
  const { _compile: ownCompile } = prototype;
  // Some Nodes (20.19, 22.12) compile an ES module elsewhere.
  const { '.mjs': load } = extensions;
  if (load !== undefined)
    extensions['.mjs'] = function (module, file) {
      return around({ text: textOf(file), file, format: 'module', isMain: isMain(module) }, () =>
        load.call(this, module, file),
      );
    };
  const { '.mjs': ownLoad } = extensions;
  return file => {
    if (prototype._compile !== ownCompile || extensions['.mjs'] !== ownLoad) return false;
    if (isPlainName(file)) return true;
    for (const one in extensions) if (!knownExtensions.has(one)) return false;
    return true;
  };
};

export const isOfModules = (format: string | undefined): boolean => format?.startsWith('module') === true;
export const isOfCommonJs = (format: string | undefined): boolean => format?.startsWith('commonjs') === true;
