import Module from 'node:module';

type Compile = (this: unknown, content: unknown, file: string, format?: string) => unknown;

const prototype = Module.prototype as unknown as { _compile: Compile };

/** `look` sees each file that is required before it runs; true: it has seen enough. What it throws, `require` throws. */
export const lookAtRequired = (
  look: (text: string, file: string, format: string | undefined) => boolean,
): void => {
  const compile = prototype._compile;
  let waiting = true;
  prototype._compile = function (content, file, format) {
    if (!waiting || !look(String(content), file, format)) return compile.call(this, content, file, format);
    waiting = false;
    // Whoever was told may look at the very same file.
    return prototype._compile.call(this, content, file, format);
  };
};

export const isOfModules = (format: string | undefined): boolean => format?.startsWith('module') === true;
export const isOfCommonJs = (format: string | undefined): boolean => format?.startsWith('commonjs') === true;
