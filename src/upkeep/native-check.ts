import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import { leftBehind } from '../natives/left-behind.ts';
import type { Offer } from '../natives/offer.ts';
import { readOffer } from '../natives/offer-reader.ts';
import { type Proof, proveNative } from '../natives/proof.ts';
import { type Verdict, verdictOn, verdictText } from '../natives/verdict.ts';
import type { FileSystem } from '../store/file-system.ts';

export type NativeInQuestion = {
  readonly name: string;
  readonly dir: string;
  /** Names of all that is copied into a staged version. */
  readonly copied: readonly string[];
};

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

/**
 * Whether a native dependency, as it would be staged, serves the executable: read first, so that what is known to be another
 * runtime's is not loaded at all, then loaded in a child of it. Resolves to what is fine, or rejects with what is not.
 */
export const checkNative = async (
  fs: FileSystem,
  native: NativeInQuestion,
  exec: string,
  abi: Abi,
): Promise<string> => {
  const { name, dir } = native;
  const offer = readOffer(fs, dir);
  if (offer === null)
    throw new StagedoorError('NATIVE_SOURCE_MISSING', `the native dependency ${name} is not at ${dir}`);
  const verdict = verdictOn(offer, abi);
  const words = verdictText(verdict);
  if (verdict.kind === 'does-not-fit') throw mismatch(name, words, abi);
  if (verdict.file !== null) assertCopied(native, offer, verdict.file);
  const proof: Proof = await proveNative(exec, fileOf(verdict, dir, fs));
  if (!proof.ok) throw mismatch(name, `does not load: ${proof.reason}`, abi);
  return verdict.kind === 'unknown' ? `${verdict.reason}, but it loads` : `${words}, and loads`;
};
