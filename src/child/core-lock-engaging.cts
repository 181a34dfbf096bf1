/** What is loaded when something outside of the runtime comes in: then its lock is read, and not before. */
import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isOfCommonJs, isOfModules, type Required } from './compiling.cjs';
import { requiresModules } from './conditions.cjs';
import { copiesIn, copyNamed, withNatives } from './core-lock-file.cjs';
import { type Ground, isInside } from './core-lock-ground.cjs';
import type { Lock } from './core-lock-guard.cjs';
import { type ImportGuard, importGuard } from './core-lock-import.cjs';
import { type GuardedResolve, guardedResolve } from './core-lock-require.cjs';
import type { Look } from './core-lock-required.cjs';
import type { Start } from './core-lock-start.cjs';
import { isMainThread } from './loader.cjs';
import { mayHaveImports } from './module-texts.cjs';
import { ownersOf } from './package-of-file.cjs';

/** What stands before `require` and, on a Node with synchronous hooks, before `import`. */
export type Guarded = {
  readonly require: GuardedResolve;
  readonly imports: ImportGuard;
  readonly refuse: Refuse;
  /** Imports are led by a thread from now on; `start`: the file that the process was started with, where it has come by. */
  readonly leadByThread: (start: string | null) => void;
};

const ours = path.join(__dirname, path.sep);

/** Throws a `RequireRefusal` for a file that is required, and imports what nobody can lead. */
type Refuse = (required: Required) => void;

/** No thread is asked for what an ES module imports that is required. */
const refusing = (lock: Lock): Refuse => {
  let look: Look | undefined;
  return ({ text, file, format, isMain }) => {
    // Node gives the main one to its loader of imports; our own files import nothing of anybody.
    if (isMain || file.startsWith(ours)) return;
    const isModule = isOfModules(format);
    if (!isModule && (isOfCommonJs(format) || !mayHaveImports(text))) return;
    const { lookingFor } = require('./core-lock-required.cjs') as typeof import('./core-lock-required.cjs');
    look ??= lookingFor(lock);
    look(file, text, isModule);
  };
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

type ThreadData = import('./core-lock-thread.mjs', { with: { 'resolution-mode': 'import' }}).ThreadData;

/** Null where nothing is to be guarded. Throws where the lock is none. */
export const engage = (text: string, ground: Ground, start: Start): Guarded | null => {
  const lock = { copies: withNatives(copiesIn(text), ground.natives), ground };
  if (lock.copies.named.size === 0) return null;
  if (isProgramOfItsOwn(lock)) {
    // Neither are its threads and what it forks.
    delete process.env.STAGEDOOR_CORE_LOCK_PATH;
    return null;
  }
  return {
    require: guardedResolve(lock),
    imports: importGuard(lock, start),
    refuse: requiresModules() ? refusing(lock) : () => undefined,
    leadByThread: file => {
      const data: ThreadData = { lock, start: file };
      Module.register(pathToFileURL(path.join(__dirname, 'core-lock-thread.mjs')), { data });
    },
  };
};
