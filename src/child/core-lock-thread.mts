/** The hooks of a Node that has only asynchronous ones (before 22.15), or whose app has some: they run in a thread of their own. */
import type { InitializeHook, ResolveHook } from 'node:module';
import type { Lock } from './core-lock-guard.cjs';
import { type ImportGuard, importGuard } from './core-lock-import.cjs';
import { startOf } from './core-lock-start.cjs';
import { namingLater } from './led-failure.cjs';

let guard: ImportGuard | undefined;

/** `start`: the file that the process was started with, where it is known. */
export type ThreadData = { readonly lock: Lock; readonly start: string | null };

export const initialize: InitializeHook<ThreadData> = ({ lock, start }) => {
  guard = importGuard(
    lock,
    startOf(() => undefined, start),
  );
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const led = guard?.lead(specifier, context as never) ?? null;
  if (led !== null) return namingLater(context.parentURL, () => next(led[0], led[1] as never));
  const found = await next(specifier, context);
  const other = guard?.correct(specifier, context as never, found.url) ?? null;
  return other === null ? found : next(other[0], other[1] as never);
};
