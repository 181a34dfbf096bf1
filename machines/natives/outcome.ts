import type { NativeLack, NativesDraft, NativesOutcome, NativesTarget } from '../contract.ts';
import { type Failure, failureOf } from '../failure.ts';
import type { NativesContext } from './vocabulary.ts';

type Scope = { readonly context: NativesContext };

export const targetOf = ({ context: { subject, tag } }: Scope): NativesTarget => ({
  subject,
  tag: tag ?? '',
});
export const draftOf = ({ context: { tag, scratch } }: Scope): NativesDraft => ({
  tag: tag ?? '',
  scratch: scratch ?? '',
});
export const lackingNames = ({ lacking }: NativesContext): readonly string[] =>
  lacking.map(({ name }) => name);

/** The gate: closed for what is known to fit nowhere; what nobody can say is left to the runtime (N-07). */
const gate = ({ lacking, fault }: NativesContext): Failure | null => {
  const misfit = lacking.find(({ certain }) => certain);
  if (misfit === undefined) return null;
  return failureOf({
    code: 'NATIVE_ABI_MISMATCH',
    message: fault === null ? misfit.sentence : `${misfit.sentence} (${fault.message})`,
    hint: fault === null ? 'stagedoor doctor looks at the natives.' : fault.hint,
  });
};

/** A tree is for those that it names; one that has no place in it is as it was without the tree. */
export const outcomeOf = (kind: NativesOutcome['kind'], context: NativesContext): NativesOutcome => {
  const { tag, places, tree, lacking } = context;
  const isHeld = ({ name }: NativeLack): boolean => tree?.names.includes(name) === true;
  const failure = gate({ ...context, lacking: lacking.filter(lack => !isHeld(lack)) });
  if (failure !== null)
    return { kind: tree === null ? kind : 'unavailable', tag, places, tree: null, failure };
  const fromTree = lacking.filter(isHeld).map(({ name }) => ({ name, from: 'tree' as const }));
  return { kind, tag, places: [...places, ...fromTree], tree, failure };
};
