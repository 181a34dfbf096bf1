import type {
  PluginComparison,
  PluginConflict,
  PluginDemand,
  PluginPackage,
  PluginPlan,
  PluginWish,
} from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import type { Abi } from '../natives/abi.ts';
import type { Report } from '../staging/progress.ts';
import type { TreeEntry } from '../store/tree-list.ts';

export type ResolvedPlugin = Pick<PluginPlan, 'version' | 'packages' | 'demands'>;

/** A plugin beside others of its ecosystem; `site`: where its packages lie, null where they are not there yet. */
export type NeighbourPlugin = Pick<ResolvedPlugin, 'version' | 'packages'> & {
  readonly name: string;
  readonly site: string | null;
};

export type PluginFolders = {
  /** The folder of this attempt; archives may lie in it beside `tree`. It is there. */
  readonly folder: string;
  /** `<folder>/tree`, to be made: `node_modules/<name>` (npm) or `site-packages` (Python). */
  readonly tree: string;
};

export type StagedPlugin = {
  /** Every file of the tree, as it was written and hashed; paths from the tree on. */
  readonly files: readonly TreeEntry[];
  /** What came in an archive, belongs to the runtime, and was left out. */
  readonly stripped: readonly string[];
  /** What an archive itself asks for of the runtime, and can't be met: then the tree is good for nothing. None, where it is not said. */
  readonly conflicts?: readonly PluginConflict[];
};

/** What an ecosystem knows of plugins. Promises settle when nothing is written any more; rejections are `StagedoorError`s or the signal's reason. */
export type PluginProvider = {
  /** What the executable that plugins are resolved for loads; null, or not given: nobody can say. */
  abi?(): Promise<Abi | null>;
  /**
   * Finds the version and everything that comes with it, the locked packages being there already. What the lock does not admit is
   * no error here: it is a demand, which `compare` refuses. `others`: the plugins that are installed beside it, whose versions are
   * preferred where it has to agree with them. Writes nothing.
   */
  resolve(
    wish: PluginWish,
    lock: CoreLock,
    signal: AbortSignal,
    others?: readonly NeighbourPlugin[],
  ): Promise<ResolvedPlugin>;
  /** What keeps it from lying beside others. Not given: each plugin has a place of its own. */
  beside?(own: NeighbourPlugin, others: readonly NeighbourPlugin[]): readonly PluginConflict[];
  /**
   * Also for demands of a plugin that is installed, against the lock of another version: what that one has not is a conflict
   * (`version`, locked null). Looks at nothing else.
   */
  compare(demands: readonly PluginDemand[], lock: CoreLock): Promise<PluginComparison>;
  /** The archives of the packages into the folder, by their pinned hashes. */
  download(
    packages: readonly PluginPackage[],
    folders: PluginFolders,
    signal: AbortSignal,
    report: Report,
  ): Promise<void>;
  /** Unpacks what was downloaded. No script of a package is run. */
  stage(
    packages: readonly PluginPackage[],
    lock: CoreLock,
    folders: PluginFolders,
    signal: AbortSignal,
    report: Report,
  ): Promise<StagedPlugin>;
};
