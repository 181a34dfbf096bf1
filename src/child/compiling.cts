import Module from 'node:module';

/** A file that is required, before it runs; `format`: what Node knows of its kind by its name and its manifest. */
export type Required = { readonly text: string; readonly file: string; readonly format: string | undefined };

type Compile = (this: unknown, content: unknown, file: string, format?: string) => unknown;

const prototype = Module.prototype as unknown as { _compile: Compile };

/** From now on `run` runs each file that is required, but for what `isPlain` lets by: each of a cold start comes here. */
export const aroundRequired = (
  isPlain: (text: string, format: string | undefined) => boolean,
  around: (required: Required, run: () => unknown) => unknown,
): void => {
  const compile = prototype._compile;
  prototype._compile = function (content, file, format) {
    const text = String(content);
    if (isPlain(text, format)) return compile.call(this, content, file, format);
    return around({ text, file, format }, () => compile.call(this, content, file, format));
  };
};

export const isOfModules = (format: string | undefined): boolean => format?.startsWith('module') === true;
export const isOfCommonJs = (format: string | undefined): boolean => format?.startsWith('commonjs') === true;
