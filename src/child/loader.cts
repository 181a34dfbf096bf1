import { Module } from 'node:module';
import { dirname } from 'node:path';
import type { HookContext } from './hook-context.cjs';
import type { Led } from './leading.cjs';

export type Resolve = (
  request: string,
  parent: NodeJS.Module | null | undefined,
  isMain: boolean,
  options?: object,
) => string;
export type Hook<Found> = (
  specifier: string,
  context: HookContext,
  next: (specifier: string, context: HookContext) => Found,
) => Found;
/** Not in the types of the oldest Node that we serve; `_resolveFilename` and `_load` never were, and have been what everyone patches for years. */
type Loader = {
  _resolveFilename: Resolve;
  _load: (request: unknown, parent: unknown, isMain: unknown, options: unknown) => unknown;
  readonly _nodeModulePaths: (from: string) => string[];
  readonly registerHooks?: (hooks: { readonly resolve: Hook<{ readonly url: string }> }) => {
    readonly deregister: () => void;
  };
};

export const loader = Module as unknown as Loader;

/** Asked only where it matters: the module of threads takes two milliseconds of a start. */
export const isMainThread = (): boolean =>
  (require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread;

/** Told without the module of threads, which takes two milliseconds of a start. */
export const isThread = (): boolean => (process.chdir as { readonly disabled?: unknown }).disabled === true;

/** Whether this is the thread that the app's hooks run in: Node loads what a process is given before its entry there, too. */
export const isHooksThread = (): boolean =>
  isThread() &&
  (require('node:worker_threads') as { readonly isInternalThread?: boolean }).isInternalThread === true;

/** What `require` resolves instead, and from where. */
export const resolveLed = (resolve: Resolve, led: Led, isMain: boolean, options?: object): string => {
  const inside = new Module(led.from);
  inside.filename = led.from;
  inside.paths = loader._nodeModulePaths(dirname(led.from));
  return resolve(led.self ?? led.file, inside, isMain, { ...options, paths: undefined });
};
