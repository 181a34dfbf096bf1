/** The hooks of a Node that has only asynchronous ones (before 22.15): they run in a thread of their own. */
import type { InitializeHook, ResolveHook } from 'node:module';
import type { Lock } from './core-lock-guard.cjs';
import { type ImportGuard, importGuard } from './core-lock-import.cjs';

let guard: ImportGuard | undefined;

export const initialize: InitializeHook<Lock> = lock => {
  guard = importGuard(lock);
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const led = guard?.lead(specifier, context as never) ?? null;
  if (led !== null) return next(led[0], led[1] as never);
  const found = await next(specifier, context);
  const other = guard?.correct(specifier, context as never, found.url) ?? null;
  return other === null ? found : next(other[0], other[1] as never);
};
