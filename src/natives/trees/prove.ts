import path from 'node:path';
import type { NativesProof } from '../../../machines/contract.ts';
import type { Failure } from '../../../machines/failure.ts';
import { StagedoorError, toFailure } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { Abi } from '../abi.ts';
import type { NativeDependency } from '../dependency.ts';
import { readModule, readOffer } from '../offer-reader.ts';
import type { Probe } from '../probe.ts';
import { proveNative } from '../proof.ts';
import { packagesFolder } from '../tree-place.ts';
import { verdictOn, verdictText } from '../verdict.ts';

export type TreeProof = {
  readonly abi: Abi;
  readonly exec: string;
  readonly tree: string;
  readonly natives: readonly NativeDependency[];
  readonly probe: Probe;
};

const offerOf = (fs: FileSystem, folder: string, { name, module }: NativeDependency, { kind }: Abi) =>
  kind === 'python' ? readModule(fs, folder, module) : readOffer(fs, path.join(folder, ...name.split('/')));

/** Why one of them does not serve; null: it loads. Read first, so that what is another ABI's is not loaded at all. */
const problemOf = async (
  fs: FileSystem,
  native: NativeDependency,
  proof: TreeProof,
): Promise<string | null> => {
  const { abi, exec, tree, probe } = proof;
  const folder = path.join(tree, packagesFolder[abi.kind]);
  const offer = offerOf(fs, folder, native, abi);
  if (offer === null) return 'is not among what was installed';
  const verdict = verdictOn(offer, abi);
  if (verdict.kind === 'does-not-fit') return verdictText(verdict);
  const single = 'file' in verdict && verdict.file !== null && !verdict.file.includes('/');
  const place = abi.kind === 'node' ? native.name : single ? (verdict.file ?? '') : native.module;
  const target = path.join(folder, ...place.split('/'));
  const loaded = await proveNative(exec, target, { probe });
  return loaded.ok ? null : `does not load: ${loaded.reason}`;
};

export type TreeRefusal = { readonly native: NativeDependency; readonly failure: Failure };

/** Loads each of them in a child of the executable; gives those that do not serve. */
export const refusalsIn = async (fs: FileSystem, proof: TreeProof): Promise<readonly TreeRefusal[]> => {
  const refusals: TreeRefusal[] = [];
  for (const native of proof.natives) {
    const problem = await problemOf(fs, native, proof);
    if (problem === null) continue;
    const error = new StagedoorError('NATIVE_ABI_MISMATCH', `${native.name} ${problem}`, {
      hint: `Pin a version of ${native.name} that has a build for ${proof.abi.tag}.`,
    });
    refusals.push({ native, failure: toFailure(error) });
  }
  return refusals;
};

/** With Python a build is a part of the installing: it has happened. */
const mayBuild = ({ native }: TreeRefusal, { kind }: Abi): boolean => kind === 'node' && native.build;

/** What refusals come to: one that can't be built is the reason, for no build of another one helps then. */
export const proofOf = (refusals: readonly TreeRefusal[], abi: Abi): NativesProof => {
  const hopeless = refusals.find(refusal => !mayBuild(refusal, abi));
  const reason = hopeless ?? refusals[0];
  if (reason === undefined) return { kind: 'loaded' };
  return { kind: 'refused', failure: reason.failure, buildable: hopeless === undefined };
};

export const proveTree = async (fs: FileSystem, proof: TreeProof): Promise<NativesProof> =>
  proofOf(await refusalsIn(fs, proof), proof.abi);
