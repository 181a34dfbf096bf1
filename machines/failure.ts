/**
 * Failure codes. The code carries the blame: who acts on it never reads a message.
 * Failures travel through the charts as plain JSON, because an `Error` in a context persists as `{}`.
 */

export type Blame =
  | 'registry'
  | 'download'
  | 'package'
  | 'disk'
  | 'native'
  | 'version'
  | 'machine'
  | 'caller';

/** Every failure code and the party to blame for it. */
export const blameByCode = {
  REGISTRY_UNREACHABLE: 'registry',
  REGISTRY_REFUSED: 'registry',
  REGISTRY_MALFORMED: 'registry',
  INTEGRITY_MISMATCH: 'download',
  DOWNLOAD_TOO_LARGE: 'download',
  DOWNLOAD_STALLED: 'download',
  UNTRUSTED: 'download',
  PACKAGE_UNSAFE: 'package',
  PACKAGE_INVALID: 'package',
  DISK_FULL: 'disk',
  DISK_DENIED: 'disk',
  STORE_UNREADABLE: 'disk',
  STORE_BUSY: 'disk',
  NATIVE_SOURCE_MISSING: 'native',
  NATIVE_ABI_MISMATCH: 'native',
  LAUNCH_EXITED_EARLY: 'version',
  LAUNCH_TIMED_OUT: 'version',
  LAUNCH_CRASH_LOOP: 'version',
  SPAWN_FAILED: 'machine',
  PORT_TAKEN: 'machine',
  TREE_DAMAGED: 'machine',
  /** A bundled runtime that is missing, has no valid version or no entry. */
  BUNDLED_INVALID: 'caller',
  /** A version was named that is neither staged nor bundled. */
  VERSION_UNKNOWN: 'caller',
  /** A defect of ours, never an expected outcome. */
  INTERNAL: 'machine',
} as const satisfies Record<string, Blame>;

export type FailureCode = keyof typeof blameByCode;

/** A fault as data. `message` is one line without credentials; `hint` says what to do next. */
export type Failure = {
  readonly code: FailureCode;
  readonly blame: Blame;
  readonly message: string;
  readonly hint: string;
  /** What the registry asked for in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isCode = (value: unknown): value is FailureCode =>
  typeof value === 'string' && Object.hasOwn(blameByCode, value);

/** Whatever an effect rejected with, as a failure. Total: charts call it inside `assign`. */
export const failureOf = (error: unknown): Failure => {
  if (isRecord(error) && isCode(error.code)) {
    const { code, message, hint, retryAfterMs } = error;
    return {
      code,
      blame: blameByCode[code],
      message: typeof message === 'string' ? message : code,
      hint: typeof hint === 'string' ? hint : '',
      retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined,
    };
  }
  const message = isRecord(error) && typeof error.message === 'string' ? error.message : 'unknown fault';
  return {
    code: 'INTERNAL',
    blame: blameByCode.INTERNAL,
    message,
    hint: 'This is a defect of stagedoor: please report it with the journal of the store.',
  };
};

/** Only a registry that could not be reached is worth asking again soon; the rest waits for the next check. */
export const isRetryable = (failure: Failure): boolean => failure.code === 'REGISTRY_UNREACHABLE';
