/** Whether one compiled file serves one runtime. `has`: what it is for instead, or why nobody can say. */
export type FileFit =
  | { readonly verdict: 'fits' | 'fits-by-napi' | 'fits-by-abi3' }
  | { readonly verdict: 'does-not-fit' | 'unknown'; readonly has: string };

export const fits: FileFit = { verdict: 'fits' };
export const misfit = (has: string): FileFit => ({ verdict: 'does-not-fit', has });
export const undecided = (has: string): FileFit => ({ verdict: 'unknown', has });
