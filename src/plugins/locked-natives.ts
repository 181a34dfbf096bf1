import type { CoreLock, LockedPackage } from '../core-lock/core-lock.ts';
import { sortedLock } from '../core-lock/order.ts';
import { canonicalName } from '../core-lock/python-distribution.ts';
import { sharedCopies } from '../core-lock/shared-copies.ts';
import type { NativeDependency } from '../natives/dependency.ts';

const isPythonHash = (hash: string): boolean => hash.startsWith('sha256:');

/** What a tree for this ABI would hold of it; nothing that may not be installed. */
const packageOf = ({ name, module, pins }: NativeDependency): readonly LockedPackage[] => {
  const pin = pins.find(one => canonicalName(one.name) === canonicalName(name));
  if (pin === undefined) return [];
  const { version, hashes } = pin;
  if (!hashes.some(isPythonHash)) {
    const place = `node_modules/${name}`;
    return [{ ecosystem: 'npm', name, version, integrity: hashes[0] ?? null, place, modules: [name] }];
  }
  const place = `site-packages/${name}-${version}.dist-info`;
  const named = { ecosystem: 'python', name: canonicalName(name), version } as const;
  return [{ ...named, integrity: null, place, modules: [module] }];
};

/**
 * The lock with the natives that the app has pinned: where the runtime has no copy in its own folder, it loads them from a tree for
 * its ABI, and a plugin must not bring another (P-36).
 */
export const withNatives = (lock: CoreLock, natives: readonly NativeDependency[]): CoreLock => {
  const isLocked = ({ ecosystem, name }: LockedPackage): boolean =>
    sharedCopies(lock, ecosystem).has(name.toLowerCase());
  const missing = natives.flatMap(packageOf).filter(one => !isLocked(one));
  if (missing.length === 0) return lock;
  return sortedLock({ packages: [...lock.packages, ...missing], aliases: lock.aliases });
};
