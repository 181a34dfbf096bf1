import type { PluginConflict, PluginOutcome, PluginPlan, PluginWish, SharedPackage } from '../contract.ts';
import type { Failure } from '../failure.ts';

export type PluginInstallInput = { readonly task: 'add' | 'remove'; readonly wish: PluginWish };

export type PluginInstallContext = PluginInstallInput & {
  /** Without a version until it has been resolved. */
  readonly plan: PluginPlan;
  readonly shared: readonly SharedPackage[];
  readonly conflicts: readonly PluginConflict[];
  /** SHA-256 (hex) of the list of the tree that was made; empty before. */
  readonly tree: string;
  readonly stripped: readonly string[];
  /** The version that was installed before, and is not any more. */
  readonly former: string | null;
  /** Why it failed; null where it did not, or was given up. */
  readonly fault: Failure | null;
};

export type PluginInstallEvent =
  /** Nobody wants it any more: everything before the commit can be abandoned. */
  { readonly type: 'plugin.cancel' };

export type PluginInstallEmitted =
  /** It is admitted, and will be brought. `packages`: how many come with it, itself among them. */
  | {
      readonly type: 'plugin.installing';
      readonly wish: PluginWish;
      readonly version: string;
      readonly packages: number;
      readonly shared: readonly SharedPackage[];
    }
  /** It asks for what the runtime has not; nothing was brought (K-05). */
  | {
      readonly type: 'plugin.refused';
      readonly wish: PluginWish;
      readonly version: string;
      readonly conflicts: readonly PluginConflict[];
    }
  | { readonly type: 'plugin.settled'; readonly wish: PluginWish; readonly outcome: PluginOutcome };
