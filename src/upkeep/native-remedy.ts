import type { NativesMode, NativeTree } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import { pinsFor } from '../natives/comparison.ts';
import type { NativeDependency } from '../natives/dependency.ts';
import type { NativeState } from './native-check.ts';

/** What a launch may take in the place of a copy that does not serve. */
export type Remedies = {
  readonly abi: Abi;
  readonly mode: NativesMode;
  /** The tree that a launch would use; null: there is none. */
  readonly tree: () => Promise<NativeTree | null>;
};

const pinCommand = ({ name }: NativeDependency, { kind }: Abi): string =>
  `stagedoor natives pin ${name}${kind === 'python' ? '==' : '@'}VERSION`;

const withHint = (error: StagedoorError, hint: string): StagedoorError =>
  new StagedoorError(error.code, error.message, { cause: error, hint: `${error.hint} ${hint}` });

/** What it comes to for the next launch: resolves to what is fine, or rejects with what to do. */
export const afterRemedies = async (
  state: NativeState,
  native: NativeDependency,
  { abi, mode, tree }: Remedies,
): Promise<string> => {
  if (state.kind === 'serves') return state.words;
  const { error } = state;
  const unneeded = `${error.message}; it is optional, and the runtime starts without it`;
  if (mode === 'skip' && native.optional) return unneeded;
  if (mode === 'skip') throw withHint(error, 'The mode skip keeps a launch from installing one.');
  const found = await tree();
  if (found?.names.includes(native.name) === true) {
    return `${error.message}; its tree for ${abi.tag} is there and is used`;
  }
  if (native.optional) return unneeded;
  const pins = pinsFor(native, abi);
  if (pins.length === 0) {
    const command = pinCommand(native, abi);
    throw withHint(error, `Or let a launch install it: ${command} prints what allows that.`);
  }
  const pinned = pins.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `${error.message}; a launch installs ${pinned} once for ${abi.tag}, stagedoor natives ensure does it now`;
};
