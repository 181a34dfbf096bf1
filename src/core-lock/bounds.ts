/** What a lock and the tree that it is made of may hold; real runtimes have a small part of it. */
export const bounds: Readonly<
  Record<
    | 'packages'
    | 'modules'
    | 'aliases'
    | 'text'
    | 'version'
    | 'manifest'
    | 'joined'
    | 'record'
    | 'lock'
    | 'document',
    number
  >
> = {
  packages: 50_000,
  /** Of one package: an own list of subpaths that is longer is no list of modules but a list of files. */
  modules: 20_000,
  aliases: 50_000,
  /** Characters of a specifier or a place. */
  text: 4096,
  /** Characters of a version: as semver allows. */
  version: 256,
  /** Bytes of a `package.json`. */
  manifest: 1_048_576,
  /** Bytes of the list of joined packages that a runtime names itself. */
  joined: 1_048_576,
  /** Bytes of npm's record of what it installed, which is parsed whole (P-22). */
  record: 3_145_728,
  /** Bytes of a lock. */
  lock: 33_554_432,
  /** Bytes of a metafile, which only a build reads. */
  document: 134_217_728,
};
