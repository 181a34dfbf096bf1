/** The hooks of a Node that has only asynchronous ones (before 22.15), or whose app has some: they run in a thread of their own. */
import type { InitializeHook, ResolveHook } from 'node:module';
import { type Dirs, leadImport, leadTo } from './leading.cjs';

let redirect: ReturnType<typeof leadImport> | undefined;

export const initialize: InitializeHook<Dirs> = dirs => {
  redirect = leadImport(leadTo(dirs));
};

export const resolve: ResolveHook = (specifier, context, next) =>
  next(...(redirect?.(specifier, context) ?? [specifier, context]));
