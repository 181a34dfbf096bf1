import type { NativesDraft, NativesOutcome, NativesRemains, NativesTarget, NativeTree } from '../contract.ts';
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
export const remainsOf = ({ context: { tag, scratch } }: Scope): NativesRemains => ({
  tag: tag ?? '',
  scratch,
});

/** Is everything in the tree that is known to fit nowhere else? */
export const serves = ({ names }: NativeTree, { lacking }: NativesContext): boolean =>
  lacking.every(({ name, certain }) => !certain || names.includes(name));

export const lackingNames = ({ lacking }: NativesContext): readonly string[] =>
  lacking.map(({ name }) => name);

/** The gate: closed for what is known to fit nowhere; what nobody can say is left to the runtime (N-07). */
const gate = ({ lacking, fault }: NativesContext): Failure | null => {
  const misfit = lacking.find(({ certain }) => certain);
  if (misfit === undefined) return null;
  const said = misfit.sentence.replace(/\.$/, '');
  return failureOf({
    code: 'NATIVE_ABI_MISMATCH',
    message: fault === null ? said : `${said} (${fault.message})`,
    hint: fault === null ? 'stagedoor doctor looks at the natives.' : fault.hint,
  });
};

/** With a tree, what lacked is in it, but for what nobody could tell. */
export const outcomeOf = (kind: NativesOutcome['kind'], context: NativesContext): NativesOutcome => {
  const { tag, places, tree } = context;
  if (tree === null) return { kind, tag, places, tree, failure: gate(context), fault: context.fault };
  const inTree = lackingNames(context).filter(name => tree.names.includes(name));
  const fromTree = inTree.map(name => ({ name, from: 'tree' as const }));
  return { kind, tag, places: [...places, ...fromTree], tree, failure: null, fault: null };
};
