import { type NodeAbi, nodeAbi } from '../natives/abi.ts';
import { leftBehind } from '../natives/left-behind.ts';
import type { Offer } from '../natives/offer.ts';
import { verdictOn, verdictText } from '../natives/verdict.ts';

/** Whether a native dependency can be loaded where the app will run, as far as its files say. */
export type NativeFit =
  | { readonly kind: 'fits' }
  /** `reason` completes a sentence that begins with its name: what is wanted, and what there is. */
  | { readonly kind: 'unfit'; readonly reason: string }
  /** It may fit; `reason` says what could not be seen. */
  | { readonly kind: 'unjudged'; readonly reason: string };

const fitOf = (offer: Offer, abi: NodeAbi, copied: readonly string[]): NativeFit => {
  const verdict = verdictOn(offer, abi);
  const reason = verdictText(verdict);
  if (verdict.kind === 'unknown') return { kind: 'unjudged', reason };
  // The package for the platform comes from another folder, and is judged by itself.
  if (verdict.kind === 'does-not-fit')
    return copied.includes(verdict.wanted) ? { kind: 'fits' } : { kind: 'unfit', reason };
  const left = leftBehind(offer, verdict.file, copied);
  // The runtime may bring it along.
  if (left !== null) return { kind: 'unjudged', reason: `needs ${left}, which is not copied with it` };
  return { kind: 'fits' };
};

/**
 * Holds what a package has against the target, for each architecture that must be served: the worst counts. `copied` are the
 * names of all native dependencies.
 */
export const nativeFit = (
  offer: Offer,
  target: NodeAbi,
  archs: readonly string[],
  copied: readonly string[],
): NativeFit => {
  const all = archs.map(arch => fitOf(offer, nodeAbi({ ...target, arch }), copied));
  const worst = all.find(({ kind }) => kind === 'unfit') ?? all.find(({ kind }) => kind === 'unjudged');
  return worst ?? { kind: 'fits' };
};
