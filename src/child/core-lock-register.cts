/**
 * Leads plugins to the packages that belong to the runtime (K-06): loaded by `--require` or `--import` before its entry, in its
 * worker threads and in what it forks, too. `STAGEDOOR_CORE_LOCK_PATH` names the lock; one that can't be used is one warning, and
 * everything resolves as it would without us (K-07).
 */
import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { copyNamed, readCopies } from './core-lock-file.cjs';
import { groundOf, isInside } from './core-lock-ground.cjs';
import { guardOf, type Lock } from './core-lock-guard.cjs';
import { importGuard } from './core-lock-import.cjs';
import { loader, resolveLed } from './loader.cjs';
import { ownersOf } from './package-of-file.cjs';

/** Those that the user has given, and Node's own for `require`. */
const requireConditions = (): ReadonlySet<string> => {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')];
  const given = words.flatMap((word, at) => {
    const [, value = null, apart = null] =
      /^(?:(?:--conditions|-C)=(.+)|(--conditions|-C))$/.exec(word) ?? [];
    return value ?? (apart === null ? [] : (words[at + 1] ?? []));
  });
  const features: { readonly require_module?: unknown } = process.features;
  return new Set([
    'node',
    'require',
    'node-addons',
    ...(features.require_module === true ? ['module-sync'] : []),
    ...given,
  ]);
};

const guardRequire = (lock: Lock): void => {
  const guard = guardOf(lock);
  const conditions = requireConditions();
  const [own = ''] = lock.ground.folders;
  const resolve = loader._resolveFilename;
  let begun = false;
  loader._resolveFilename = (request, parent, isMain, options) => {
    const importer = typeof parent?.filename === 'string' ? parent.filename : undefined;
    const isEntry = isMain && !begun;
    begun ||= isMain;
    if (isEntry || typeof request !== 'string') return resolve(request, parent, isMain, options);
    const asked = { request, importer, conditions };
    const led = guard.lead(asked);
    if (led !== null) return resolveLed(resolve, led, isMain, options);
    const file = resolve(request, parent, isMain, options);
    const other = file.startsWith(own) ? null : guard.correct(asked, file);
    return other === null ? file : resolveLed(resolve, other, isMain, options);
  };
};

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
  if (called === undefined || isInside(ground, called) || !existsSync(called)) return false;
  const entry = realpathSync(called);
  return (
    !isInside(ground, entry) &&
    ownersOf(entry).some(({ name }) => copyNamed(copies, name) !== undefined)
  );
};

const guardAll = (file: string): void => {
  const copies = readCopies(file);
  if (copies.named.size === 0) return;
  const lock = { copies, ground: groundOf(file, copies) };
  if (isProgramOfItsOwn(lock)) return;
  guardImports(lock);
  guardRequire(lock);
};

const { STAGEDOOR_CORE_LOCK_PATH: file } = process.env;
if (file !== undefined && file !== '') {
  try {
    guardAll(file);
  } catch (error) {
    const problem = `the core lock can't be used (${String(error instanceof Error ? error.message : error)})`;
    if (isMainThread) process.stderr.write(`stagedoor: ${problem}: packages are found as without it\n`);
    if (process.env.STAGEDOOR_IDENTITY !== undefined) process.env.STAGEDOOR_NATIVE_PROBLEM ??= problem;
  }
}
