/** What may not be loaded, because it would be a second copy of something that belongs to the runtime. */
export class CoreLockRefusal extends Error {
  readonly code: string = 'ERR_STAGEDOOR_CORE_LOCK';

  constructor(what: string, importer: string | undefined, cause?: unknown) {
    super(
      `${what} (asked for by ${importer ?? 'something that is no file'})`,
      cause === undefined ? {} : { cause },
    );
  }
}

/** Said as a Node says that requires no ES module at all: whoever imports it then is led. */
export class RequireRefusal extends CoreLockRefusal {
  override readonly code = 'ERR_REQUIRE_ESM';
}
