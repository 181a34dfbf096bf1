import type { NodeAbi } from '../natives/abi.ts';
import type { NativeOption } from '../options.ts';
import type { FileSystem } from '../store/file-system.ts';

/** How far one bundling is; `total` is null where nobody knows. */
export type BundleProgress = {
  readonly phase: string;
  readonly version?: string | undefined;
  readonly bytes: number;
  readonly total: number | null;
};

/** What a bundle is made of and for whom. Every place is absolute. */
export type BundleRequest = {
  /** The npm package that is the runtime. */
  readonly package: string;
  readonly channel: string | undefined;
  readonly registry: string | undefined;
  /** This version instead of what the channel offers. */
  readonly version: string | undefined;
  /** A local folder to take the runtime from; null: the registry. */
  readonly from: string | null;
  /** What a bundler says it has joined into the runtime's files, besides what the runtime says itself; undefined: nobody says more. */
  readonly metafile?: string | undefined;
  /** The folder of the bundle. It is replaced as a whole. */
  readonly dir: string;
  /** A folder on the same disk in which it is made; default: the one that holds `dir`. */
  readonly workPlace?: string | undefined;
  /** Where natives are looked for besides. */
  readonly cwd: string;
  readonly entry: string | undefined;
  readonly natives: readonly NativeOption[];
  /** The shell's key in `engines`; undefined: its demands are not judged. */
  readonly shellName?: string | undefined;
  readonly shellVersion: string | undefined;
  /** The shell's executable relative to the bundle, with forward slashes; undefined: the shims take a Node on PATH. */
  readonly shellExec: string | undefined;
  /** The executable that will run it, or its name where it is another machine's. */
  readonly exec: string;
  /** What that executable is; null: nobody knows. */
  readonly execFacts: NodeAbi | null;
};

/** One bundling at work. `work` is the folder of its own that is thrown away afterwards. */
export type BundleJob = {
  readonly fs: FileSystem;
  readonly request: BundleRequest;
  readonly work: string;
  readonly signal: AbortSignal;
  readonly report: (progress: BundleProgress) => void;
};
