import { conditionsOf } from './conditions.cjs';
import { guardOf, type Lock } from './core-lock-guard.cjs';
import { naming } from './led-failure.cjs';
import { type Resolve, resolveLed } from './loader.cjs';

/** Resolves as `require` does, by the rules of a lock. `resolve` is what Node would do. */
export type GuardedResolve = (
  resolve: Resolve,
  importer: string | undefined,
  ...asked: Parameters<Resolve>
) => string;

export const guardedResolve = (lock: Lock): GuardedResolve => {
  const guard = guardOf(lock);
  const conditions = conditionsOf('require');
  return (resolve, importer, request, parent, isMain, options) => {
    const asked = { request, importer, conditions };
    const led = guard.lead(asked);
    if (led !== null) return naming(importer, () => resolveLed(resolve, led, isMain, options));
    const file = resolve(request, parent, isMain, options);
    const other = guard.correct(asked, file);
    return other === null ? file : resolveLed(resolve, other, isMain, options);
  };
};
