import type { Report } from '../staging/progress.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { Abi } from './abi.ts';
import type { Pin } from './dependency.ts';

/** What to put into an empty scratch folder: plain JSON, for it crosses threads. */
export type FetchRequest = {
  readonly abi: Abi;
  readonly exec: string;
  /** The folder of this attempt; archives may lie in it beside `tree`. It is there. */
  readonly folder: string;
  /** `<folder>/tree`, to be made: `node_modules/<name>` or `site-packages`. */
  readonly tree: string;
  readonly pins: readonly Pin[];
  /** Names that may be built from source where no archive fits; Python only, where building is a part of installing. */
  readonly buildable?: readonly string[] | undefined;
};

/** Every file of the tree, as it was written and hashed. */
export type Fetched = { readonly files: readonly TreeEntry[] };

/** Fills the tree with exactly what is pinned; a pin for another platform is passed by. Runs no script of a package. */
export type FetchNatives = (request: FetchRequest, signal: AbortSignal, report: Report) => Promise<Fetched>;
