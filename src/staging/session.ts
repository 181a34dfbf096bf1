import type { Offered } from '../registry/releases.ts';
import type { ProxyFor } from '../registry/route.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { ExecFacts } from './compatibility.ts';
import type { Limits } from './limits.ts';

export type NativeSource = {
  readonly name: string;
  readonly dir: string;
  /** It may be missing: a tree can be installed in its place. */
  readonly optional?: boolean | undefined;
};

export type StagingOptions = {
  readonly package: string;
  readonly channel: string;
  /** This version instead of what the channel offers: for the bundle that is made at build time. */
  readonly exactVersion?: string | undefined;
  readonly registry: string | undefined;
  readonly projectConfig?: boolean | undefined;
  readonly systemCertificates?: boolean | undefined;
  /** The store's root folder. */
  readonly store: string;
  readonly bundledVersion: string | null;
  readonly entry: string | undefined;
  readonly natives: readonly NativeSource[];
  readonly exec: string;
  readonly execFacts: ExecFacts | null;
  readonly abi: string;
  /** The shell's key in `engines`; undefined: no demand on the shell is looked at. */
  readonly shellName?: string | undefined;
  /** Empty where it is unknown. */
  readonly shellVersion: string;
  readonly limits: Limits;
};

/** A tree on its way: what is known of it from the tarball and from the copier, and nowhere else. */
export type Draft = {
  readonly entry: string;
  readonly files: readonly TreeEntry[];
  readonly natives: readonly string[];
};

/** What the steps of staging share. */
export type StagingSession = {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly options: StagingOptions;
  readonly proxyFor?: ProxyFor | undefined;
  /** The last offer, with what its download needs. */
  offered: Offered | null;
  /** By scratch name. */
  readonly drafts: Map<string, Draft>;
};
