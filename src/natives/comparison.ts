import path from 'node:path';
import type { NativeLack, NativePlace, NativesComparison } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import type { NativeDependency } from './dependency.ts';
import { gateFor } from './gate.ts';
import { readSearchPath } from './search-path.ts';
import { verdictOn } from './verdict.ts';

export type Compared = {
  readonly fs: FileSystem;
  readonly abi: Abi;
  readonly exec: string;
  /** Where the runtime itself looks, in its order; empty where none is about to start. */
  readonly ownPath: readonly string[];
};

/** The folder that a search path would name for the copy in the bundle. */
const bundlePath = ({ name, dir }: NativeDependency, { kind }: Abi): readonly string[] => {
  if (dir === null) return [];
  return [kind === 'python' ? path.dirname(dir) : path.resolve(dir, ...name.split('/').map(() => '..'))];
};

const compareOne = (native: NativeDependency, compared: Compared): NativePlace | NativeLack => {
  const { fs, abi, exec, ownPath } = compared;
  const name = abi.kind === 'python' ? native.module : native.name;
  const about = { name, abi, exec };
  const own = readSearchPath(fs, about, ownPath);
  if (gateFor(about, own).open) return { name: native.name, from: 'own' };
  const all = [...own, ...readSearchPath(fs, about, bundlePath(native, abi))];
  const gate = gateFor({ ...about, name: native.name }, all);
  if (gate.open) return { name: native.name, from: 'bundle' };
  const verdicts = all.flatMap(({ offer }) => (offer === null ? [] : [verdictOn(offer, abi).kind]));
  const certain = verdicts.length > 0 && verdicts.every(kind => kind === 'does-not-fit');
  return { name: native.name, certain, sentence: gate.sentence };
};

const isPlace = (found: NativePlace | NativeLack): found is NativePlace => 'from' in found;

/** Pins are for one ecosystem, as their hashes say. */
export const pinsFor = ({ pins }: NativeDependency, { kind }: Abi): NativeDependency['pins'] =>
  pins.filter(({ hashes }) => hashes.every(hash => hash.startsWith('sha512-') === (kind === 'node')));

/** Which natives fit the executable where they are, and which do not (N-05, N-07). */
export const compareNatives = (
  natives: readonly NativeDependency[],
  compared: Compared,
): NativesComparison => {
  const found = natives.map(native => compareOne(native, compared));
  const lacking = found.filter(one => !isPlace(one)) as NativeLack[];
  const names = new Set(lacking.map(({ name }) => name));
  const pinned = natives.filter(({ name }) => names.has(name));
  return {
    places: found.filter(isPlace),
    lacking,
    installable: pinned.every(native => pinsFor(native, compared.abi).length > 0),
  };
};
