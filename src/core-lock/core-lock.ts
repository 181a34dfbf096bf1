/** A package that belongs to the runtime. */
export type LockedPackage = {
  readonly ecosystem: 'npm' | 'python';
  /** As its own manifest says; of Python distributions in canonical form. */
  readonly name: string;
  readonly version: string;
  /** `sha512-…` of the archive that it came from, where that is known. */
  readonly integrity: string | null;
  /** From the locked folder on, with forward slashes: `node_modules/a/node_modules/b`, `foo-1.0.dist-info`; null for one that was joined into a file. */
  readonly place: string | null;
  /** What can be imported of it: for npm its specifiers (`a`, `a/sub`), for Python its top-level modules. Sorted. */
  readonly modules: readonly string[];
};

/** What belongs to a runtime, so that no plugin brings another copy of it (K-01). */
export type CoreLock = {
  readonly schema: 1;
  /** Sorted by lower-cased name, then by version, then by place. */
  readonly packages: readonly LockedPackage[];
  /** The runtime's own `imports` (`#x`), and dependencies under another name: alias → what it stands for. Sorted. */
  readonly aliases: Readonly<Record<string, string>>;
};
