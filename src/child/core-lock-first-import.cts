/** Notices the first import of a process. A hook costs each module of a cold start, so that none is there before. */
import { existsSync, realpathSync } from 'node:fs';
import { isOfCommonJs, isOfModules, lookAtRequired } from './compiling.cjs';
import { loader } from './loader.cjs';
import { mayBeModule, mayImport } from './module-texts.cjs';

const startsAsCommonJs = (): boolean => {
  const [, called] = process.argv;
  // A worker is told its file later. The module of threads would say it as well, for two milliseconds; newer Nodes don't come here.
  const { disabled: isThread } = process.chdir as { readonly disabled?: unknown };
  if (isThread === true || called === undefined || !existsSync(called)) return false;
  const entry = realpathSync(called);
  if (/\.[cm]js$/.test(entry)) return entry.endsWith('.cjs');
  const { typeFor } = require('./manifest.cjs') as typeof import('./manifest.cjs');
  return typeFor(entry) !== 'module';
};

/** `act` may be called more than once. An older Node tells of no import: there it is read off the texts, and is sure of an ES entry. */
export const onFirstImport = (act: () => void): void => {
  const watchTexts = (imports: (text: string, format: string | undefined) => boolean): void =>
    lookAtRequired((text, _file, format) => {
      const found = isOfModules(format) || imports(text, format);
      if (found) act();
      return found;
    });
  if (loader.registerHooks !== undefined) {
    const { subscribe } = require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
    // It tells of each `import()`, and of an entry that is an ES module, before it resolves it.
    subscribe('tracing:module.import:start', act);
    watchTexts((text, format) => !isOfCommonJs(format) && mayBeModule(text));
  } else if (startsAsCommonJs()) watchTexts(mayImport);
  else act();
};
