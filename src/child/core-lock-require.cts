import { guardOf, type Lock } from './core-lock-guard.cjs';
import { type Resolve, resolveLed } from './loader.cjs';

/** Resolves as `require` does, by the rules of a lock. `resolve` is what Node would do. */
export type GuardedResolve = (
  resolve: Resolve,
  importer: string | undefined,
  ...asked: Parameters<Resolve>
) => string;

/** Those that the user has given, and Node's own for `require`. */
const requireConditions = (): ReadonlySet<string> => {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')];
  const given = words.flatMap((word, at) => {
    const [, value = null, apart = null] =
      /^(?:(?:--conditions|-C)=(.+)|(--conditions|-C))$/.exec(word) ?? [];
    return value ?? (apart === null ? [] : (words[at + 1] ?? []));
  });
  const { require_module: modules }: { readonly require_module?: unknown } = process.features;
  return new Set(['node', 'require', 'node-addons', ...(modules === true ? ['module-sync'] : []), ...given]);
};

export const guardedResolve = (lock: Lock): GuardedResolve => {
  const guard = guardOf(lock);
  const conditions = requireConditions();
  return (resolve, importer, request, parent, isMain, options) => {
    const asked = { request, importer, conditions };
    const led = guard.lead(asked);
    if (led !== null) return resolveLed(resolve, led, isMain, options);
    const file = resolve(request, parent, isMain, options);
    const other = guard.correct(asked, file);
    return other === null ? file : resolveLed(resolve, other, isMain, options);
  };
};
