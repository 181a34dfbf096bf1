/** Notices the first import of a process. What leads imports costs each module of a cold start, so that nothing is there before. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { aroundRequired, formatOf, type IsPlain, isOfCommonJs, isOfModules } from './compiling.cjs';
import type { Guarded } from './core-lock-engaging.cjs';
import { type Ground, isInside } from './core-lock-ground.cjs';
import type { Away, ImportHook } from './core-lock-hook.cjs';
import { isThread } from './loader.cjs';
import { mayBeModule, mayHaveImports, mayImport } from './module-texts.cjs';

export type Guarding = {
  readonly ground: Ground;
  /** From the first call on everything is guarded; null where it can't be, or need not. */
  readonly engage: () => Guarded | null;
  readonly isEngaged: () => boolean;
  /** Null where imports are led by a thread. */
  readonly hook: () => ImportHook | null;
  readonly away: Away;
};

/** Whether a file may have imports of which nobody is told. */
type Looks = (text: string, format: string | undefined) => boolean;

/** By a hook: it may be an ES module. */
const byHook =
  (may: (text: string) => boolean): Looks =>
  (text, format) =>
    isOfModules(format) || (!isOfCommonJs(format) && may(text));

/** The runtime's own texts hide nothing; those of others are taken at their worst. */
const looksByHook = byHook(mayBeModule);
const looksAtWorst = byHook(mayHaveImports);

/** By a thread: all that it imports is read off its text. */
const looksByThread: Looks = (text, format) => isOfModules(format) || mayImport(text);

/** Says whether a file comes by. What is required, before it runs: by a hook, it may be an ES module; by a thread, all that it imports is read off its text. */
export const watchRequired = (guarding: Guarding): ((file: string) => boolean) => {
  const { ground, engage, isEngaged, hook, away } = guarding;
  const { home } = ground;
  const isPlainOther: IsPlain = (content, given, file) => {
    const text = String(content);
    const format = formatOf(given);
    if (hook() === null) return !isEngaged() && !looksByThread(text, format);
    return away.isAway && isInside(ground, file) && !looksByHook(text, format);
  };
  return aroundRequired(
    // The way of each module of a cold start, whose kind nothing tells: V8 translates all that it finds on it.
    (content, given, file) =>
      away.isAway && typeof content === 'string' && file.startsWith(home) && !file.includes('..')
        ? given === 'commonjs' || (given === undefined && !mayBeModule(content))
        : isPlainOther(content, given, file),
    (required, run) => {
      const current = hook();
      if (current === null) {
        engage()?.refuse(required);
        return run();
      }
      const isModule = (isEngaged() ? looksAtWorst : looksByHook)(required.text, required.format);
      if (isModule) current.arm();
      return current.during(isModule || !isInside(ground, required.file), run);
    },
  );
};

/** Node tells of each `import()`, and of an entry that is an ES module, before it resolves it. */
export const watchImports = (act: () => void): void => {
  const { subscribe } = require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  subscribe('tracing:module.import:start', act);
};

/** Where Node tells of no import, the entry must be known for what it is. */
export const startsAsCommonJs = (): boolean => {
  const [, called] = process.argv;
  // A worker is told its file later.
  if (isThread() || called === undefined || !existsSync(called) || !statSync(called).isFile()) return false;
  const entry = realpathSync(called);
  if (/\.[cm]js$/.test(entry)) return entry.endsWith('.cjs');
  const { typeFor } = require('./manifest.cjs') as typeof import('./manifest.cjs');
  return typeFor(entry) !== 'module';
};
