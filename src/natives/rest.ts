import type { NativesProof } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';

/** For this long an installation that failed is not tried again: the other candidates of a launch need the very same. */
const restMs = 30_000;

const errorOf = ({ failure }: Extract<NativesProof, { readonly kind: 'refused' }>): StagedoorError =>
  new StagedoorError(failure.code, failure.message, { hint: failure.hint });

export type Rest = {
  /** Throws why this tree failed, as long as it rests. */
  assertOver(tree: string): void;
  /** What fails here lets the tree rest; an abort does not. */
  during<Output>(tree: string, signal: AbortSignal, work: () => Promise<Output>): Promise<Output>;
  /** What does not load, now that nothing else can be tried, lets it rest, too. */
  after(tree: string, proof: NativesProof): void;
};

/** Remembers of each tree why its last installation failed. */
export const createRest = (): Rest => {
  const failed = new Map<string, { readonly error: unknown; readonly at: number }>();
  const keep = (tree: string, error: unknown): void => {
    failed.set(tree, { error, at: performance.now() });
  };
  return {
    assertOver: tree => {
      const last = failed.get(tree);
      if (last !== undefined && performance.now() - last.at < restMs) throw last.error;
    },
    during: async (tree, signal, work) => {
      try {
        return await work();
      } catch (error) {
        if (!signal.aborted) keep(tree, error);
        throw error;
      }
    },
    after: (tree, proof) => {
      if (proof.kind === 'refused') keep(tree, errorOf(proof));
    },
  };
};
