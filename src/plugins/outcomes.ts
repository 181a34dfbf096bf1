import type { Ecosystem, PluginConflict, PluginDemand, SharedPackage } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import type { DamagedPlugin } from './installed.ts';

export type Named = { readonly ecosystem: Ecosystem; readonly name: string };
/** The version of the runtime that a plugin was held against; null for a lock that was named and does not say. */
export type Against = { readonly runtime: string | null };
export type Failed = { readonly outcome: 'failed'; readonly error: Failure };
export type Cancelled = { readonly outcome: 'cancelled' };

/** How adding a plugin ended. All but `installed` leave the plugins as they were. */
export type AddPluginOutcome =
  | (Named &
      Against & {
        readonly outcome: 'installed';
        readonly version: string;
        /** The version that was installed before. */
        readonly replaced: string | null;
        /** What it is given by the runtime in place of a copy of its own. */
        readonly shared: readonly SharedPackage[];
        /** What it had in its archives, belongs to the runtime, and was left out. */
        readonly stripped: readonly string[];
        /** Packages and modules of Python with nothing compiled for the executable: whoever can't do without them fails. */
        readonly unfit: readonly string[];
      })
  | (Named &
      Against & {
        /** The very same is installed and whole. */
        readonly outcome: 'present';
        readonly version: string;
        readonly shared: readonly SharedPackage[];
      })
  | (Named &
      Against & {
        readonly outcome: 'refused';
        readonly version: string;
        readonly conflicts: readonly PluginConflict[];
        /** A sentence for each conflict: plugin, package, both versions, who asks, and the way out. */
        readonly reasons: readonly string[];
      })
  | (Named & Cancelled)
  | (Named & Failed);

/** How removing a plugin ended. What a living runtime uses of it goes when that has ended. */
export type RemovePluginOutcome =
  | (Named & { readonly outcome: 'removed'; readonly version: string })
  | (Named & { readonly outcome: 'absent' })
  | (Named & Cancelled)
  | (Named & Failed);

/** An installed plugin, as its record says. Only where something is compiled for another executable its files are looked at. */
export type ListedPlugin = Named & {
  readonly version: string;
  /** The range, tag or specifier that was asked for; null: the newest. */
  readonly spec: string | null;
  /** Absolute: the folder of the npm package, or the `site-packages`. */
  readonly folder: string;
  /** What came with it, itself not counted. */
  readonly packages: readonly SharedPackage[];
  /** What it asks of the runtime. */
  readonly demands: readonly PluginDemand[];
  readonly stripped: readonly string[];
  /** ABI tag of the executable that its compiled files are for; null: it has none, or nobody could say. */
  readonly builtFor: string | null;
  /** Why the executable of the runtime can't load them, with the way out; null: nothing is known against it. */
  readonly misbuilt: string | null;
};

export type ListPluginsOutcome =
  | {
      readonly outcome: 'ok';
      readonly plugins: readonly ListedPlugin[];
      readonly damaged: readonly DamagedPlugin[];
      /** The version that would be launched next, where it has plugins and no core lock that they are held to; else null. */
      readonly unguarded: string | null;
    }
  | Failed;

/** One plugin against the lock and the executable of the runtime that would be launched next, and against its own files. */
export type CheckedPlugin = Named & {
  /** Null where it is too damaged to say. */
  readonly version: string | null;
  readonly state: 'ok' | 'conflict' | 'misbuilt' | 'damaged';
  readonly conflicts: readonly PluginConflict[];
  /** A sentence for each conflict, for compiled files that do not fit, or for the damage; empty where all is well. */
  readonly reasons: readonly string[];
};

export type CheckPluginsOutcome =
  | (Against & { readonly outcome: 'ok' | 'problems'; readonly plugins: readonly CheckedPlugin[] })
  | Failed;
