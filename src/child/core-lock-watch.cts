/** What comes into a runtime by `require`: nothing is read of its lock before the first thing from outside. */
import { isAbsolute } from 'node:path';
import { type Ground, isInside } from './core-lock-ground.cjs';
import type { GuardedResolve } from './core-lock-require.cjs';
import type { Start } from './core-lock-start.cjs';
import { loader, type Resolve } from './loader.cjs';

/** From the first call on everything is guarded; null where it can't be, or need not. */
type Engage = () => GuardedResolve | null;

/** How imports are led. */
type Leading = { readonly isByThread: boolean };

/** `isHidden`: somebody else runs a file, whose imports a thread never sees. */
export const watchRequire = (
  ground: Ground,
  { isStart }: Start,
  leading: Leading,
  isHidden: (file: string) => boolean,
  engage: Engage,
): void => {
  const resolve = loader._resolveFilename;
  const { home } = ground;
  const isOwn = (file: string): boolean => !isAbsolute(file) || isInside(ground, file);
  const resolveOther: Resolve = (request, parent, isMain, options) => {
    if (typeof request !== 'string') return resolve(request, parent, isMain, options);
    const importer = typeof parent?.filename === 'string' ? parent.filename : undefined;
    const asksInside =
      importer === undefined ? isAbsolute(request) && isInside(ground, request) : isInside(ground, importer);
    // What is imported has no parent here.
    const mayBeEntry = isMain || parent === undefined;
    if (mayBeEntry || asksInside) {
      const file = resolve(request, parent, isMain, options);
      const isEntry = mayBeEntry && isStart(file);
      if (isOwn(file)) return file;
      if (isEntry) {
        engage();
        return file;
      }
    }
    const guarded = engage();
    return guarded === null
      ? resolve(request, parent, isMain, options)
      : guarded(resolve, importer, request, parent, isMain, options);
  };
  // Each module of a cold start goes this way: V8 translates all that it finds on it.
  loader._resolveFilename = (request, parent, isMain, options) => {
    const importer = parent?.filename;
    if (!isMain && typeof importer === 'string' && importer.startsWith(home) && !importer.includes('..')) {
      const file = resolve(request, parent, isMain, options);
      if (file.startsWith(home) || isOwn(file)) {
        if (leading.isByThread && isHidden(file)) engage();
        return file;
      }
    }
    return resolveOther(request, parent, isMain, options);
  };
};

const threads = 'node:worker_threads';
const plainThreads = 'worker_threads';
const isThreads = (name: unknown): boolean => name === threads || name === plainThreads;

/** Whoever takes the module of threads, by what name ever, gets one that is guarded. */
export const watchThreads = (act: () => void): ((url: string) => void) => {
  const load = loader._load;
  loader._load = (request, parent, isMain, options) => {
    if (request === threads || request === plainThreads) act();
    return load(request, parent, isMain, options);
  };
  const { getBuiltinModule } = process as { readonly getBuiltinModule?: (name: string) => unknown };
  if (getBuiltinModule !== undefined)
    Object.assign(process, {
      getBuiltinModule: (name: string) => {
        if (isThreads(name)) act();
        return getBuiltinModule(name);
      },
    });
  return url => {
    if (isThreads(url)) act();
  };
};
