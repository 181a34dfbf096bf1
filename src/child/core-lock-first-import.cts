/** Notices the first import of a process. What leads imports costs each module of a cold start, so that nothing is there before. */
import { existsSync, realpathSync } from 'node:fs';
import { aroundRequired, isOfCommonJs, isOfModules } from './compiling.cjs';
import type { Guarded } from './core-lock-engaging.cjs';
import type { ImportHook } from './core-lock-hook.cjs';
import { mayBeModule, mayHaveImports, mayImport } from './module-texts.cjs';

export type Guarding = {
  /** From the first call on everything is guarded; null where it can't be, or need not. */
  readonly engage: () => Guarded | null;
  readonly isEngaged: () => boolean;
};

/** On a Node with synchronous hooks. The runtime's own texts hide nothing; those of others are taken at their worst. */
export const watchWithHook = ({ arm, isArmed, during }: ImportHook, { isEngaged }: Guarding): void => {
  const { subscribe } = require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  // Node tells of each `import()`, and of an entry that is an ES module, before it resolves it.
  subscribe('tracing:module.import:start', arm);
  const imports = (text: string, format: string | undefined): boolean =>
    format !== 'commonjs' &&
    (isOfModules(format) || (!isOfCommonJs(format) && (isEngaged() ? mayHaveImports : mayBeModule)(text)));
  aroundRequired(
    (text, format) => !isArmed() && !imports(text, format),
    ({ text, format }, run) => {
      const isModule = imports(text, format);
      if (isModule) arm();
      return during(isModule, run);
    },
  );
};

const startsAsCommonJs = (): boolean => {
  const [, called] = process.argv;
  // A worker is told its file later. The module of threads would say it as well, for two milliseconds.
  const { disabled: isThread } = process.chdir as { readonly disabled?: unknown };
  if (isThread === true || called === undefined || !existsSync(called)) return false;
  const entry = realpathSync(called);
  if (/\.[cm]js$/.test(entry)) return entry.endsWith('.cjs');
  const { typeFor } = require('./manifest.cjs') as typeof import('./manifest.cjs');
  return typeFor(entry) !== 'module';
};

/** An older Node tells of no import: it is read off the texts, and is sure of an ES entry. */
export const watchTexts = ({ engage, isEngaged }: Guarding): void => {
  aroundRequired(
    (text, format) => !isEngaged() && !isOfModules(format) && !mayImport(text),
    (required, run) => {
      engage()?.required?.(required);
      return run();
    },
  );
  if (!startsAsCommonJs()) engage();
};
