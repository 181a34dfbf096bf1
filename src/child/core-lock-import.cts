import { fileURLToPath } from 'node:url';
import { ownUrls } from './core-lock-ground.cjs';
import { type Guard, guardOf, type Lock } from './core-lock-guard.cjs';
import type { Start } from './core-lock-start.cjs';
import { conditionsIn, type HookContext } from './hook-context.cjs';
import { ledImport, partsOf, pathOf } from './leading.cjs';

type Instead = readonly [specifier: string, context: HookContext];

/** What an `import` is to resolve instead, before and after Node has looked; null: nothing else. */
export type ImportGuard = {
  readonly lead: (specifier: string, context: HookContext) => Instead | null;
  readonly correct: (specifier: string, context: HookContext, url: string) => Instead | null;
};

const fileOf = (url: string): string | null => {
  const [place] = partsOf(url);
  return place.startsWith('file:') ? fileURLToPath(place) : null;
};

const askedBy = (specifier: string, context: HookContext): Parameters<Guard['lead']>[0] => ({
  request: specifier.startsWith('#') ? specifier : partsOf(specifier)[0],
  importer: pathOf(context.parentURL),
  conditions: conditionsIn(context),
});

export const importGuard = (lock: Lock, { isStart }: Start): ImportGuard => {
  const guard = guardOf(lock);
  const { isOwn } = ownUrls(lock.ground);
  return {
    lead: (specifier, context) => {
      const { parentURL } = context;
      if (parentURL === undefined || isOwn(parentURL) || !parentURL.startsWith('file:')) return null;
      const led = guard.lead(askedBy(specifier, context));
      return led === null
        ? null
        : ledImport(led, specifier.startsWith('#') ? '' : partsOf(specifier)[1], context);
    },
    correct: (specifier, context, url) => {
      if (context.parentURL !== undefined && isOwn(url)) return null;
      const file = fileOf(url);
      const isEntry = context.parentURL === undefined && file !== null && isStart(file);
      const led =
        file === null || isEntry || isOwn(url) ? null : guard.correct(askedBy(specifier, context), file);
      return led === null ? null : ledImport(led, partsOf(url)[1], context);
    },
  };
};
