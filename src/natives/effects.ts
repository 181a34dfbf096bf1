import type {
  NativesComparison,
  NativesDraft,
  NativesProof,
  NativesTarget,
  NativeTree,
} from '../../machines/contract.ts';

/**
 * The slots of the chart of natives. A promise settles only when its step has really ended and writes nothing any more, also
 * after an abort; it rejects with a `StagedoorError`, or with the signal's reason.
 */
export type NativesEffects = {
  ask(): Promise<string | null>;
  compare(target: NativesTarget, signal: AbortSignal): Promise<NativesComparison>;
  find(target: NativesTarget): Promise<NativeTree | null>;
  /** The scratch folder that is ours from now on; null: another living process has one for the same stamp. */
  claim(target: NativesTarget, signal: AbortSignal): Promise<string | null>;
  awaitOther(target: NativesTarget, signal: AbortSignal): Promise<void>;
  fetch(draft: NativesDraft, signal: AbortSignal): Promise<void>;
  build(draft: NativesDraft, signal: AbortSignal): Promise<void>;
  prove(draft: NativesDraft, signal: AbortSignal): Promise<NativesProof>;
  commit(draft: NativesDraft, signal: AbortSignal): Promise<NativeTree>;
  clean(draft: NativesDraft): Promise<void>;
};
