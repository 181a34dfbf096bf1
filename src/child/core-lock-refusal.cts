/** What may not be loaded, because it would be a second copy of something that belongs to the runtime. */
export class CoreLockRefusal extends Error {
  readonly code = 'ERR_STAGEDOOR_CORE_LOCK';

  constructor(what: string, importer: string | undefined, cause?: unknown) {
    super(
      `${what} (asked for by ${importer ?? 'something that is no file'})`,
      cause === undefined ? {} : { cause },
    );
  }
}
