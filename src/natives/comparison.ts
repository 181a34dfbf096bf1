import path from 'node:path';
import type { NativeLack, NativePlace, NativesComparison, NativesSubject } from '../../machines/contract.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Abi } from './abi.ts';
import type { NativeDependency } from './dependency.ts';
import type { FitMemory } from './fit-memory.ts';
import { gateFor, type SearchEntry } from './gate.ts';
import type { Offer } from './offer.ts';
import { readSearchPath } from './search-path.ts';
import { isFile } from './tolerant-look.ts';
import { verdictOn } from './verdict.ts';

export type Compared = {
  readonly fs: FileSystem;
  readonly abi: Abi;
  readonly exec: string;
  readonly memory: FitMemory;
  /** Where the runtime itself looks, in its order; empty where none is about to start. */
  readonly ownPath: readonly string[];
};

/** The folder that a search path would name for the copy in the bundle. */
const bundlePath = ({ name, dir }: NativeDependency, { kind }: Abi): readonly string[] => {
  if (dir === null) return [];
  return [kind === 'python' ? path.dirname(dir) : path.resolve(dir, ...name.split('/').map(() => '..'))];
};

/** What a runtime asks for: Python by the name of a module. */
const importName = ({ name, module }: NativeDependency, { kind }: Abi): string =>
  kind === 'python' ? module : name;

/** A module of Python lies in a folder of many, a package of npm has one of its own. */
const homeOf = (folder: string, name: string, { kind }: Abi): string =>
  kind === 'python' ? folder : path.join(folder, ...name.split('/'));

const isRemembered = (name: string, searchPath: readonly string[], { abi, memory }: Compared): boolean =>
  searchPath.some(folder => memory.recall(abi.tag, name, homeOf(folder, name, abi)));

/** Node takes the nearest copy, whether it fits or not; Python goes on where a folder has nothing to import. */
const reachable = (name: string, searchPath: readonly string[], { fs, abi }: Compared): readonly string[] => {
  if (abi.kind === 'python') return searchPath;
  const has = (folder: string): boolean => isFile(fs, path.join(homeOf(folder, name, abi), 'package.json'));
  return searchPath.filter(has).slice(0, 1);
};

type Look = { readonly open: boolean; readonly entries: readonly SearchEntry[] };

/** Whatever fits is remembered, so that the next launch need not read it. */
const lookAt = (name: string, folders: readonly string[], compared: Compared): Look => {
  const { fs, abi, exec, memory } = compared;
  const searchPath = reachable(name, folders, compared);
  if (isRemembered(name, searchPath, compared)) return { open: true, entries: [] };
  const entries = readSearchPath(fs, { name, abi }, searchPath);
  const gate = gateFor({ name, abi, exec }, entries);
  if (gate.open) memory.keep(abi.tag, name, homeOf(gate.folder, name, abi), gate.file);
  return { open: gate.open, entries };
};

/** Where there is no file, or one of no known form, nothing says what it was made for. */
const isReadable = ({ files, platformPackages }: Offer): boolean => {
  const all = [...files, ...platformPackages.flatMap(each => each.files)];
  return all.length > 0 && all.every(({ look }) => look.kind === 'image');
};

/** Everything that is there was made for something else. */
const isMisfit = (entries: readonly SearchEntry[], abi: Abi): boolean => {
  const offers = entries.flatMap(({ offer }) => (offer === null ? [] : [offer]));
  return (
    offers.length > 0 &&
    offers.every(offer => isReadable(offer) && verdictOn(offer, abi).kind === 'does-not-fit')
  );
};

const lackOf = (
  native: NativeDependency,
  entries: readonly SearchEntry[],
  compared: Compared,
): NativeLack => {
  const { abi, exec } = compared;
  const { name, optional } = native;
  const certain = !optional && isMisfit(entries, abi);
  const gate = gateFor({ name, abi, exec }, entries);
  return { name, certain, sentence: gate.open ? '' : gate.sentence };
};

const compareOne = (native: NativeDependency, compared: Compared): NativePlace | NativeLack => {
  const { abi, ownPath } = compared;
  const asked = importName(native, abi);
  const own = lookAt(asked, ownPath, compared);
  if (own.open) return { name: native.name, from: 'own' };
  const bundle = lookAt(asked, bundlePath(native, abi), compared);
  if (bundle.open) return { name: native.name, from: 'bundle' };
  return lackOf(native, [...own.entries, ...bundle.entries], compared);
};

const isPlace = (found: NativePlace | NativeLack): found is NativePlace => 'from' in found;
const isLack = (found: NativePlace | NativeLack): found is NativeLack => !isPlace(found);

/** Pins are for one ecosystem, as their hashes say. */
export const pinsFor = ({ pins }: NativeDependency, { kind }: Abi): NativeDependency['pins'] =>
  pins.filter(({ hashes }) => hashes.every(hash => hash.startsWith('sha512-') === (kind === 'node')));

/**
 * May a tree be had, and is it worth it? What fits nowhere must be pinned, each of it; for what nobody can judge no start
 * waits, for it may run as it is: only who prepares has it installed.
 */
const isInstallable = (
  natives: readonly NativeDependency[],
  lacking: readonly NativeLack[],
  abi: Abi,
  { candidate }: NativesSubject,
): boolean => {
  const pinned = new Set(natives.filter(each => pinsFor(each, abi).length > 0).map(({ name }) => name));
  const certain = lacking.filter(each => each.certain);
  if (certain.length > 0) return certain.every(({ name }) => pinned.has(name));
  return candidate === null && lacking.some(({ name }) => pinned.has(name));
};

/** Which natives fit the executable where they are, and which do not (N-05, N-07). */
export const compareNatives = (
  natives: readonly NativeDependency[],
  compared: Compared,
  subject: NativesSubject = { candidate: null },
): NativesComparison => {
  const found = natives.map(native => compareOne(native, compared));
  const lacking = found.filter(isLack);
  const installable = isInstallable(natives, lacking, compared.abi, subject);
  return { places: found.filter(isPlace), lacking, installable };
};
