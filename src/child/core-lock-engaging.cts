/** What is loaded when something outside of the runtime comes in: then its lock is read, and not before. */
import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { copiesIn, copyNamed, withNatives } from './core-lock-file.cjs';
import { type Ground, isInside } from './core-lock-ground.cjs';
import type { Lock } from './core-lock-guard.cjs';
import { importGuard } from './core-lock-import.cjs';
import { type GuardedResolve, guardedResolve } from './core-lock-require.cjs';
import { guardWorkers } from './core-lock-workers.cjs';
import { isMainThread, loader } from './loader.cjs';
import { ownersOf } from './package-of-file.cjs';

const guardImports = (lock: Lock): void => {
  if (loader.registerHooks === undefined) {
    Module.register(pathToFileURL(path.join(__dirname, 'core-lock-thread.mjs')), { data: lock });
    return;
  }
  const { lead, correct } = importGuard(lock);
  loader.registerHooks({
    resolve: (specifier, context, next) => {
      // A `require` comes by here, too, but only its own resolver heeds where it is asked from.
      if (context.conditions?.includes('require') === true) return next(specifier, context);
      const led = lead(specifier, context);
      if (led !== null) return next(...led);
      const found = next(specifier, context);
      const other = correct(specifier, context, found.url);
      return other === null ? found : next(...other);
    },
  });
};

/** A program whose own file is part of another copy is no plugin: whoever forks a compiler means that compiler. */
const isProgramOfItsOwn = ({ ground, copies }: Lock): boolean => {
  const [, called] = process.argv;
  if (!isMainThread() || called === undefined || isInside(ground, called) || !existsSync(called))
    return false;
  const entry = realpathSync(called);
  return (
    !isInside(ground, entry) && ownersOf(entry).some(({ name }) => copyNamed(copies, name) !== undefined)
  );
};

/** Guards `import` and threads from now on, and gives back how to guard `require`; null where nothing is to be guarded. Throws where the lock is none. */
export const engage = (text: string, ground: Ground): GuardedResolve | null => {
  const lock = { copies: withNatives(copiesIn(text), ground.natives), ground };
  if (lock.copies.named.size === 0) return null;
  if (isProgramOfItsOwn(lock)) {
    // Neither are its threads and what it forks.
    delete process.env.STAGEDOOR_CORE_LOCK_PATH;
    return null;
  }
  guardImports(lock);
  guardWorkers();
  return guardedResolve(lock);
};
