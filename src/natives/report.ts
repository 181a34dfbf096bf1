import type { NativePlace, NativesOutcome } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';

/** What came of the question whether natives fit, as events and the command line tell it. */
export type NativesReport = {
  /**
   * `matched`: what is there fits; `cached`: a tree that was installed before; `ready`: one that was installed now; `skipped`:
   * nothing fits, and no tree is wanted; `unavailable`: nothing fits, or nobody can say.
   */
  readonly outcome: NativesOutcome['kind'];
  /** ABI tag of the executable; null: it does not say what it is. */
  readonly tag: string | null;
  readonly places: readonly NativePlace[];
  /** Name of the tree's folder below `versions` of its tag. */
  readonly tree: string | null;
  /** Not null: nothing that needs these natives is started. */
  readonly error: Failure | null;
  /** Why nothing could be installed, also where that keeps nothing from starting. */
  readonly fault: Failure | null;
};

export const nativesReport = ({
  kind,
  tag,
  places,
  tree,
  failure,
  fault,
}: NativesOutcome): NativesReport => ({
  outcome: kind,
  tag,
  places,
  tree: tree?.stamp ?? null,
  error: failure,
  fault,
});
