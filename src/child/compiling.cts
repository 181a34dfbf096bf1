import { readFileSync } from 'node:fs';
import Module from 'node:module';

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
type Load = (this: Loaded, file: string) => unknown;

const prototype = Module.prototype as unknown as { _compile: Compile; load: Load };

/** Nodes before 20.19 tell only whether it is an ES module. */
const formatOf = (given: unknown): string | undefined =>
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

/** What runs files otherwise than by their texts brings an extension of its own, or another compiler. */
const knownExtensions = new Set(['.js', '.json', '.node', '.mjs', '.ts', '.cts', '.mts']);

/** Says whether all that is required still comes by. From now on `run` runs each file that is required, but for what `isPlain` lets by: each of a cold start comes here. */
export const aroundRequired = (
  isPlain: (text: string, format: string | undefined) => boolean,
  around: (required: Required, run: () => unknown) => unknown,
): (() => boolean) => {
  const { _compile: compile, load } = prototype;
  let main: Loaded | undefined;
  const isMain = (module: Loaded): boolean => {
    if (module.id === '.') main ??= module;
    return module === main;
  };
  prototype._compile = function (content, file, given) {
    const text = String(content);
    const format = formatOf(given);
    if (isPlain(text, format)) return compile.call(this, content, file, given);
    return around({ text, file, format, isMain: isMain(this) }, () =>
      compile.call(this, content, file, given),
    );
  };
  // Some Nodes compile an ES module elsewhere.
  prototype.load = function (file) {
    if (!String(file).endsWith('.mjs')) return load.call(this, file);
    return around({ text: textOf(file), file, format: 'module', isMain: isMain(this) }, () =>
      load.call(this, file),
    );
  };
  const { _compile: own } = prototype;
  const extensions = (Module as unknown as { readonly _extensions: object })._extensions;
  return () => prototype._compile === own && Object.keys(extensions).every(one => knownExtensions.has(one));
};

export const isOfModules = (format: string | undefined): boolean => format?.startsWith('module') === true;
export const isOfCommonJs = (format: string | undefined): boolean => format?.startsWith('commonjs') === true;
