/**
 * Leads plugins to the packages that belong to the runtime (K-06): loaded by `--require` or `--import` before its entry, in its
 * worker threads and in what it forks, too. `STAGEDOOR_CORE_LOCK_PATH` names the lock; one that can't be used is one warning, and
 * everything resolves as it would without us (K-07).
 */
import { type Ground, groundOf } from './core-lock-ground.cjs';
import { placeInLock, readLockText } from './core-lock-text.cjs';
import { type Engage, watchImports, watchRequire } from './core-lock-watch.cjs';
import { isMainThread } from './loader.cjs';

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

const engaging = (text: string, ground: Ground): Engage => {
  let guarded: ReturnType<Engage> | undefined;
  return () => {
    if (guarded !== undefined) return guarded;
    // What is loaded meanwhile is ours.
    guarded = null;
    try {
      const { engage } = require('./core-lock-engaging.cjs') as typeof import('./core-lock-engaging.cjs');
      guarded = engage(text, ground);
    } catch (error) {
      warn(error);
    }
    return guarded;
  };
};

const { STAGEDOOR_CORE_LOCK_PATH: file } = process.env;
if (file !== undefined && file !== '') {
  try {
    const text = readLockText(file);
    const ground = groundOf(file, placeInLock(text) ?? anyPlace(text));
    const engage = engaging(text, ground);
    watchRequire(ground, engage);
    watchImports(ground, engage);
  } catch (error) {
    warn(error);
  }
}
