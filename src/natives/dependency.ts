/** One package that may be installed: this version with one of these hashes, and nothing else. */
export type Pin = {
  readonly name: string;
  readonly version: string;
  /** npm: `sha512-…`, as a registry announces it. Python: `sha256:…`, one for each archive that may be taken. */
  readonly hashes: readonly string[];
};

/** A native dependency of the runtime, as the app names it; checked. */
export type NativeDependency = {
  /** Of the npm package, or of the Python distribution. */
  readonly name: string;
  /** Where the bundle has it, absolute. */
  readonly dir: string | null;
  /** What Python imports. */
  readonly module: string;
  /** What may be installed where nothing fits: the package and all that it needs (opt-in). Empty: nothing. */
  readonly pins: readonly Pin[];
  /** A build from source is allowed where nothing ready-made loads. */
  readonly build: boolean;
  /** The runtime does without it: the gate stays open. */
  readonly optional: boolean;
};

/** A native dependency, and the folder from which a runtime is to load it. */
export type NativeUse = { readonly name: string; readonly module: string; readonly dir: string };
