/** `import` on a Node with synchronous hooks: each one passes by, and what leads out of the runtime is guarded. */
import { fileURLToPath } from 'node:url';
import { type Ground, ownUrls } from './core-lock-ground.cjs';
import type { ImportGuard } from './core-lock-import.cjs';
import type { Start } from './core-lock-start.cjs';
import { isRequire } from './hook-context.cjs';
import { naming } from './led-failure.cjs';
import { type Hook, loader } from './loader.cjs';

type Found = { readonly url: string };

/** Guards everything from the first call on; null where it can't be, or need not. */
type Engage = () => ImportGuard | null;

const resolving = (
  ground: Ground,
  { isStart }: Start,
  engage: Engage,
  seen: (url: string) => void,
): Hook<Found> => {
  const { isOwn, home } = ownUrls(ground);
  const resolveOther: Hook<Found> = (specifier, context, next) => {
    if (isRequire(context)) return next(specifier, context);
    const { parentURL } = context;
    const isAskedOutside = parentURL !== undefined && !isOwn(parentURL);
    const led = isAskedOutside ? (engage()?.lead(specifier, context) ?? null) : null;
    if (led !== null) return naming(parentURL, () => next(...led));
    const found = next(specifier, context);
    if (parentURL === undefined && found.url.startsWith('file:')) isStart(fileURLToPath(found.url));
    return corrected(found, specifier, context, next);
  };
  const corrected = (found: Found, ...asked: Parameters<Hook<Found>>): Found => {
    const [specifier, context, next] = asked;
    seen(found.url);
    if (found.url.startsWith('node:') || isOwn(found.url)) return found;
    const other = engage()?.correct(specifier, context, found.url) ?? null;
    return other === null ? found : next(...other);
  };
  // Each import of a cold start goes this way: V8 translates all that it finds on it.
  return (specifier, context, next) => {
    const { parentURL, conditions } = context;
    if (parentURL === undefined || !parentURL.startsWith(home) || parentURL.includes('/..'))
      return resolveOther(specifier, context, next);
    const found = next(specifier, context);
    const { url } = found;
    if (url.startsWith(home) && !url.includes('/..')) return found;
    if (!url.startsWith('node:'))
      return isRequire({ conditions }) ? found : corrected(found, specifier, context, next);
    seen(url);
    return found;
  };
};

/**
 * Whether a file of the runtime's that imports nothing statically may run as it is: nothing is armed, or what runs now runs
 * without it. A field, not a function: each module of a cold start asks.
 */
export type Away = { readonly isAway: boolean };

export type ImportHook = {
  /** From now on each import passes by. */
  readonly arm: () => void;
  readonly away: Away;
  /** It never comes back. */
  readonly end: () => void;
  /** Runs what can import nothing statically without the hook, which costs each `require` in it; an `import()` in it arms it again. */
  readonly during: (imports: boolean, run: () => unknown) => unknown;
};

/** `seen`: what each import has found. */
export const importHook = (
  ground: Ground,
  start: Start,
  engage: Engage,
  seen: (url: string) => void,
): ImportHook => {
  let resolve: Hook<Found> | undefined;
  let registered: { readonly deregister: () => void } | undefined;
  let isArmed = false;
  let hasEnded = false;
  let depth = 0;

  const away = { isAway: true };

  const turn = (on: boolean): void => {
    if (on !== (registered !== undefined) && !(on && hasEnded)) {
      registered?.deregister();
      resolve ??= resolving(ground, start, engage, seen);
      registered = on ? loader.registerHooks?.({ resolve }) : undefined;
    }
    away.isAway = !hasEnded && (!isArmed || (depth > 0 && registered === undefined));
  };

  return {
    arm: () => {
      isArmed = true;
      turn(true);
    },
    away,
    end: () => {
      hasEnded = true;
      turn(false);
    },
    during: (imports, run) => {
      const around = depth === 0 ? null : registered !== undefined;
      depth += 1;
      turn(isArmed && imports);
      try {
        return run();
      } finally {
        depth -= 1;
        // What was imported meanwhile is resolved later.
        turn(around ?? isArmed);
      }
    },
  };
};
