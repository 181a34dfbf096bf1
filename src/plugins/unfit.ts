import path from 'node:path';
import type { PluginPackage } from '../../machines/contract.ts';
import { grouped } from '../core-lock/grouping.ts';
import type { Abi, NodeAbi, PythonAbi } from '../natives/abi.ts';
import { isNativeName, nativeFile } from '../natives/native-files.ts';
import type { NativeFile, Offer } from '../natives/offer.ts';
import { readOffer } from '../natives/offer-reader.ts';
import { isPythonModule, pythonFit } from '../natives/python-fit.ts';
import { verdictOn } from '../natives/verdict.ts';
import type { FileSystem } from '../store/file-system.ts';
import { isCompiled } from './compiled.ts';

/** Something compiled that is known not to fit an executable. */
export type Unfit = {
  /** The place of a package, or a module of Python with slashes; from the plugin's tree on. */
  readonly what: string;
  /** What there is instead. */
  readonly has: readonly string[];
};

/** The tree of a plugin: a folder, and the paths of the files in it. */
export type PluginTree = {
  readonly dir: string;
  readonly files: readonly string[];
  readonly packages: readonly PluginPackage[];
};

/** What is no library was none when it was installed, either: of that its name alone says something. */
const byName = (file: NativeFile): NativeFile =>
  file.look.kind === 'broken' ? { ...file, look: { kind: 'unread' } } : file;

const offerByName = (offer: Offer): Offer => ({ ...offer, files: offer.files.map(byName) });

/** Packages that have compiled files themselves, each by its own place, not by that of one around it. */
const holdersOf = ({ files, packages }: PluginTree): readonly string[] => {
  const places = packages.map(({ place }) => place).toSorted((a, b) => b.length - a.length);
  const holders = files.filter(isCompiled).map(file => places.find(place => file.startsWith(`${place}/`)));
  return [...new Set(holders)].filter(place => place !== undefined);
};

const unfitPackages = (fs: FileSystem, tree: PluginTree, abi: NodeAbi): readonly Unfit[] =>
  holdersOf(tree).flatMap(place => {
    const offer = readOffer(fs, path.join(tree.dir, place));
    const verdict = offer === null ? null : verdictOn(offerByName(offer), abi);
    return verdict?.kind === 'does-not-fit' ? [{ what: place, has: verdict.has }] : [];
  });

/** `site-packages/lxml/etree` of any file that is imported as that. */
const moduleOf = (file: string): string =>
  path.posix.join(path.posix.dirname(file), path.posix.basename(file).split('.')[0] ?? '');

/** What Python would import instead, where a compiled one is not for it. */
const hasSource = (module: string, files: ReadonlySet<string>): boolean =>
  ['.py', '.pyc'].some(ending => files.has(`${module}${ending}`));

const unfitModules = (fs: FileSystem, { dir, files }: PluginTree, abi: PythonAbi): readonly Unfit[] => {
  const all = new Set(files);
  const modules = grouped(files.filter(isNativeName), moduleOf);
  return [...modules].flatMap(([what, candidates]) => {
    if (hasSource(what, all)) return [];
    const fits = candidates
      .map(file => nativeFile(fs, dir, file))
      .filter(isPythonModule)
      .map(file => pythonFit(byName(file), abi));
    const has = fits.flatMap(fit => (fit.verdict === 'does-not-fit' ? [fit.has] : []));
    return has.length > 0 && has.length === fits.length ? [{ what, has: [...new Set(has)] }] : [];
  });
};

/**
 * What of a plugin is compiled and known not to fit: an npm package that has nothing for this Node, a module that this Python
 * would not import. What nobody can judge is not among it.
 */
export const unfitIn = (fs: FileSystem, tree: PluginTree, abi: Abi): readonly Unfit[] =>
  abi.kind === 'node' ? unfitPackages(fs, tree, abi) : unfitModules(fs, tree, abi);
