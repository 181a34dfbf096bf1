import type { Offer } from './offer.ts';

/**
 * The package for one platform in which a verdict's file lies, where it lies beside the package and is none of those that
 * are copied with it; null: nothing is left behind.
 */
export const leftBehind = (
  { platformPackages }: Offer,
  file: string,
  copied: readonly string[],
): string | null => {
  const needed = platformPackages.find(each => each.beside && file.startsWith(`${each.name}/`));
  return needed === undefined || copied.includes(needed.name) ? null : needed.name;
};
