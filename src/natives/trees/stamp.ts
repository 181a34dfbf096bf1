import type { Pin } from '../dependency.ts';

/** The name of a tree's folder: our version and a digest of what it holds (N-04). A version to the store's layout. */
export const stampOf = (_pins: readonly Pin[], _built: readonly string[]): string => {
  throw new Error('to come');
};
