/**
 * Leads plugins to the packages that belong to the runtime (K-06): loaded by `--require` or `--import` before its entry, in its
 * worker threads and in what it forks, too. `STAGEDOOR_CORE_LOCK_PATH` names the lock; one that can't be used is one warning, and
 * everything resolves as it would without us (K-07).
 */
import type { Guarded } from './core-lock-engaging.cjs';
import { watchTexts, watchWithHook } from './core-lock-first-import.cjs';
import { type Ground, groundOf } from './core-lock-ground.cjs';
import { importHook } from './core-lock-hook.cjs';
import { placeInLock, readLockText } from './core-lock-text.cjs';
import { watchRequire, watchThreads } from './core-lock-watch.cjs';
import { isMainThread, loader } from './loader.cjs';

const warn = (error: unknown): void => {
  const problem = `the core lock can't be used (${error instanceof Error ? error.message : String(error)})`;
  if (isMainThread()) process.stderr.write(`stagedoor: ${problem}: packages are found as without it\n`);
  if (process.env.STAGEDOOR_IDENTITY !== undefined) process.env.STAGEDOOR_NATIVE_PROBLEM ??= problem;
};

/** A place of the lock by reading all of it, which few need. */
const anyPlace = (text: string): string | null => {
  const { copiesIn } = require('./core-lock-file.cjs') as typeof import('./core-lock-file.cjs');
  const places = [...copiesIn(text).named.values()].map(({ place }) => place).filter(place => place !== null);
  return places.find(place => place !== '.') ?? places[0] ?? null;
};

const guardThreads = (): void => {
  const { guardWorkers } = require('./core-lock-workers.cjs') as typeof import('./core-lock-workers.cjs');
  guardWorkers();
};

const once = (act: () => void): (() => void) => {
  let waiting = true;
  return () => {
    if (!waiting) return;
    waiting = false;
    act();
  };
};

/** Looks at what comes; the lock is read when something comes from outside. */
const watch = (text: string, ground: Ground): void => {
  let guarded: Guarded | null | undefined;
  const engage = (): Guarded | null => {
    if (guarded !== undefined) return guarded;
    // What is loaded meanwhile is ours.
    guarded = null;
    try {
      const engaging = require('./core-lock-engaging.cjs') as typeof import('./core-lock-engaging.cjs');
      guarded = engaging.engage(text, ground);
      if (guarded !== null) lookAtAll();
    } catch (error) {
      warn(error);
    }
    return guarded;
  };
  const threads = once(guardThreads);
  const seen = watchThreads(threads);
  const hook = importHook(ground, () => engage()?.imports ?? null, seen);
  const hasHooks = loader.registerHooks !== undefined;
  // An older Node tells of no import of the module of threads either.
  const lookAtAll = hasHooks ? hook.arm : threads;
  watchRequire(ground, () => engage()?.require ?? null);
  const guarding = { engage, isEngaged: () => guarded != null };
  if (hasHooks) watchWithHook(hook, guarding);
  else watchTexts(guarding);
};

const { STAGEDOOR_CORE_LOCK_PATH: file } = process.env;
if (file !== undefined && file !== '') {
  try {
    const text = readLockText(file);
    watch(text, groundOf(file, placeInLock(text) ?? anyPlace(text)));
  } catch (error) {
    warn(error);
  }
}
