import { builtinModules } from 'node:module';
import type { CoreLock, LockedPackage } from '../../core-lock/core-lock.ts';
import { sharedCopies } from '../../core-lock/shared-copies.ts';
import type { Ask } from './ask.ts';

const withoutPrefix = (name: string): string => name.replace(/^node:/i, '').toLowerCase();

const builtIns: ReadonlySet<string> = new Set(builtinModules.map(withoutPrefix));

/** A name that Node has a module of, in any case and with or without `node:`: no plugin is called so. */
export const isBuiltIn = (name: string): boolean => builtIns.has(withoutPrefix(name));

/**
 * One that nobody brings along. By `events` Node answers with its own, so that a package of this name hides nothing: who asks for
 * it reaches it by `events/` and by paths in it.
 */
export const isPrefixedBuiltIn = (name: string): boolean => /^node:/i.test(name) && isBuiltIn(name);

/** Which npm names belong to a runtime. */
export type Belongings = {
  /** The copy that is shared by the name, in whatever case that is spelled. */
  copyOf(name: string): LockedPackage | undefined;
  /** By its own name, or by that under which it is imported. */
  isLocked(ask: Pick<Ask, 'as' | 'name'>): boolean;
};

export const belongingsOf = (lock: CoreLock): Belongings => {
  const copies = sharedCopies(lock, 'npm');
  const copyOf = (name: string): LockedPackage | undefined => copies.get(name.toLowerCase());
  return { copyOf, isLocked: ({ as, name }) => copyOf(as) !== undefined || copyOf(name) !== undefined };
};
