import type { PluginPackage } from '../../machines/contract.ts';
import { oneLine } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { FileSystem } from '../store/file-system.ts';
import { readTreeList } from '../store/tree-list.ts';
import { type Compiled, isCompiled } from './compiled.ts';
import type { InstalledPlugin } from './installed.ts';
import { type Unfit, unfitIn } from './unfit.ts';

/** Compiled files of a plugin that the executable of the runtime can't load, and that it was resolved with for another one. */
export type Misbuilt = {
  /** ABI tag that it was resolved for; null: nobody has said. */
  readonly builtFor: string | null;
  /** ABI tag of the executable. */
  readonly abi: string;
  readonly unfit: readonly Unfit[];
};

/** What the record of a plugin is to say of a tree that was just unpacked; null: nothing in it is compiled. */
export const compiledIn = (
  fs: FileSystem,
  dir: string,
  files: readonly string[],
  packages: readonly PluginPackage[],
  abi: Abi | null,
): Compiled | null => {
  if (!files.some(isCompiled)) return null;
  const unfit = abi === null ? [] : unfitIn(fs, { dir, files, packages }, abi);
  return { abi: abi?.tag ?? null, unfit: unfit.map(({ what }) => what) };
};

/** Only what is known not to fit, and was not in the way when it was installed; null: nothing is. */
export const misbuiltFor = (
  fs: FileSystem,
  { compiled, layout, stamp, packages }: InstalledPlugin,
  abi: Abi,
): Misbuilt | null => {
  if (compiled === null || compiled.abi === abi.tag) return null;
  const dir = layout.version(stamp);
  const files = readTreeList(fs, dir)?.list.files.map(file => file.path) ?? [];
  const unfit = unfitIn(fs, { dir, files, packages }, abi).filter(
    ({ what }) => !compiled.unfit.includes(what),
  );
  return unfit.length === 0 ? null : { builtFor: compiled.abi, abi: abi.tag, unfit };
};

export const misbuiltAdvice =
  'add the plugin again with --exec FILE, the executable of the runtime; if that stays, name another version of it';

/** Names in it are the plugin's own. */
const longest = 1000;
const shown = 4;

/** What does not fit, in words. */
export const misbuiltText = ({ builtFor, abi, unfit }: Misbuilt): string => {
  const named = unfit.slice(0, shown).map(({ what, has }) => `${what} (${has.join(', ')})`);
  const more = unfit.length > shown ? ` and ${unfit.length - shown} more` : '';
  const resolved = builtFor === null ? '' : `, and was resolved for ${builtFor}`;
  return oneLine(`it has nothing for ${abi} in ${named.join(', ')}${more}${resolved}`, longest);
};
