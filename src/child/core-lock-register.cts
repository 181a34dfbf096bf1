/**
 * Leads plugins to the packages that belong to the runtime (K-06): loaded by `--require` or `--import` before its entry, in its
 * worker threads and in what it forks, too. `STAGEDOOR_CORE_LOCK_PATH` names the lock; one that can't be used is one warning, and
 * everything resolves as it would without us (K-07).
 */
import { resolve } from 'node:path';
import type { Guarded } from './core-lock-engaging.cjs';
import { startsAsCommonJs, watchImports, watchRequired } from './core-lock-first-import.cjs';
import { type Ground, groundOf } from './core-lock-ground.cjs';
import { importHook } from './core-lock-hook.cjs';
import { startOf } from './core-lock-start.cjs';
import { placeInLock, readLockText } from './core-lock-text.cjs';
import { carriedVariables } from './core-lock-variables.cjs';
import { watchRequire, watchThreads } from './core-lock-watch.cjs';
import { beforeForeignHooks, hasLoaderOption } from './foreign-hooks.cjs';
import { isHooksThread, isMainThread, isThread, loader } from './loader.cjs';

const warn = (error: unknown): void => {
  const problem = `the core lock can't be used (${error instanceof Error ? error.message : String(error)})`;
  if (isMainThread()) process.stderr.write(`stagedoor: ${problem}: packages are found as without it\n`);
  if (process.env.STAGEDOOR_IDENTITY !== undefined) process.env.STAGEDOOR_NATIVE_PROBLEM ??= problem;
};

/** A place of the lock by reading all of it, which few need. */
const anyPlace = (file: string): string | null => {
  const { copiesIn } = require('./core-lock-file.cjs') as typeof import('./core-lock-file.cjs');
  const places = [...copiesIn(readLockText(file)).named.values()]
    .map(({ place }) => place)
    .filter(place => place !== null);
  return places.find(place => place !== '.') ?? places[0] ?? null;
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
const watch = (file: string, ground: Ground): void => {
  // A worker is told its file later.
  const [, called] = process.argv;
  const start = startOf(() => (isThread() ? process.argv[1] : called));
  const carried = carriedVariables();
  const leading = { isByThread: loader.registerHooks === undefined || hasLoaderOption() };
  let guarded: Guarded | null | undefined;

  const guardThreads = once(() => {
    const { guardWorkers } = require('./core-lock-workers.cjs') as typeof import('./core-lock-workers.cjs');
    guardWorkers(() => (guarded === null ? {} : carried));
  });

  const lookAtAll = (now: Guarded): void => {
    if (!leading.isByThread) {
      hook.arm();
      return;
    }
    now.leadByThread(start.file());
    // Nobody tells of an import of the module of threads.
    guardThreads();
  };

  const engage = (): Guarded | null => {
    if (guarded !== undefined) return guarded;
    // What is loaded meanwhile is ours.
    guarded = null;
    try {
      const engaging = require('./core-lock-engaging.cjs') as typeof import('./core-lock-engaging.cjs');
      guarded = engaging.engage(readLockText(file), ground, start);
      if (guarded !== null) lookAtAll(guarded);
    } catch (error) {
      warn(error);
    }
    return guarded;
  };

  const seen = watchThreads(guardThreads);
  const hook = importHook(ground, start, () => engage()?.imports ?? null, seen);
  const comesBy = watchRequired({
    ground,
    engage,
    isEngaged: () => guarded != null,
    hook: () => (leading.isByThread ? null : hook),
    away: hook.away,
  });
  const isHidden = (file: string): boolean => guarded === undefined && !comesBy(file);
  watchRequire(ground, start, leading, isHidden, () => engage()?.require ?? null);
  if (leading.isByThread) {
    hook.end();
    if (!startsAsCommonJs()) engage();
    return;
  }
  watchImports(hook.arm);
  beforeForeignHooks(() => {
    leading.isByThread = true;
    hook.end();
    if (guarded == null) engage();
    else lookAtAll(guarded);
  });
};

const { STAGEDOOR_CORE_LOCK_PATH: given } = process.env;
if (given !== undefined && given !== '' && !isHooksThread()) {
  try {
    const file = resolve(given);
    // For threads and forks, wherever this process goes.
    if (file !== given) process.env.STAGEDOOR_CORE_LOCK_PATH = file;
    watch(file, groundOf(file, placeInLock(file) ?? anyPlace(file)));
  } catch (error) {
    warn(error);
  }
}
