import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { NativeDependency } from '../natives/dependency.ts';
import { leftBehind } from '../natives/left-behind.ts';
import type { Offer } from '../natives/offer.ts';
import { readModule, readOffer } from '../natives/offer-reader.ts';
import { type Proof, proveNative } from '../natives/proof.ts';
import { type Verdict, verdictOn, verdictText } from '../natives/verdict.ts';
import type { FileSystem } from '../store/file-system.ts';

export type NativeInQuestion = Pick<NativeDependency, 'name' | 'module' | 'dir'> & {
  /** Names of all that is copied into a staged version. */
  readonly copied: readonly string[];
};

/** What is there and serves, or why a launch looks for another one. What fits by its looks and fails is thrown. */
export type NativeState =
  | { readonly kind: 'serves'; readonly words: string }
  | { readonly kind: 'lacks'; readonly error: StagedoorError };

const mismatch = (name: string, what: string, { tag }: Abi): StagedoorError =>
  new StagedoorError('NATIVE_ABI_MISMATCH', `${name} ${what}`, {
    hint: `Bundle a build of ${name} for ${tag}, or name the executable that it was built for with --exec.`,
  });

/** A package for one platform that lies beside this one in the bundle, and would not in a staged version. */
const assertCopied = ({ name, copied }: NativeInQuestion, offer: Offer, file: string): void => {
  const needed = leftBehind(offer, file, copied);
  if (needed === null) return;
  throw new StagedoorError('NATIVE_SOURCE_MISSING', `${name} needs ${needed}, which is not copied with it`, {
    hint: `Name it as a native dependency of its own: --native ${needed}.`,
  });
};

/** A file of a platform package lies beside the package, so the package itself is loaded. */
const fileOf = (verdict: Verdict, dir: string, fs: FileSystem): string => {
  const file = verdict.kind === 'does-not-fit' || verdict.file === null ? null : path.join(dir, verdict.file);
  return file !== null && fs.existsSync(file) ? file : dir;
};

const offerIn = (fs: FileSystem, dir: string, module: string, { kind }: Abi): Offer | null =>
  kind === 'python' ? readModule(fs, path.dirname(dir), module) : readOffer(fs, dir);

const lacks = (error: StagedoorError): NativeState => ({ kind: 'lacks', error });

/**
 * Whether a native dependency, as it would be staged, serves the executable: read first, so that what is known to be another
 * runtime's is not loaded at all, then loaded in a child of it.
 */
export const examineNative = async (
  fs: FileSystem,
  native: NativeInQuestion,
  exec: string,
  abi: Abi,
): Promise<NativeState> => {
  const { name, dir } = native;
  const offer = dir === null ? null : offerIn(fs, dir, native.module, abi);
  if (dir === null || offer === null) {
    const where = dir === null ? 'in no bundle' : `not at ${dir}`;
    const message = `the native dependency ${name} is ${where}`;
    return lacks(new StagedoorError('NATIVE_SOURCE_MISSING', message));
  }
  const verdict = verdictOn(offer, abi);
  const words = verdictText(verdict);
  if (verdict.kind === 'does-not-fit') return lacks(mismatch(name, words, abi));
  if (verdict.file !== null) assertCopied(native, offer, verdict.file);
  const proof: Proof = await proveNative(exec, fileOf(verdict, dir, fs));
  if (proof.ok) {
    const fine = verdict.kind === 'unknown' ? `${verdict.reason}, but it loads` : `${words}, and loads`;
    return { kind: 'serves', words: fine };
  }
  const error = mismatch(name, `does not load: ${proof.reason}`, abi);
  if (verdict.kind === 'unknown') return lacks(error);
  throw error;
};
