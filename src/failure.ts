import { constants } from 'node:os';
import { type Blame, blameByCode, type Failure, type FailureCode, failureOf } from '../machines/failure.ts';

type Facts = {
  readonly cause?: unknown;
  readonly hint?: string;
  readonly retryAfterMs?: number | undefined;
};

const hints: Record<FailureCode, string> = {
  REGISTRY_UNREACHABLE: 'Check the network or the proxy; the next check tries again by itself.',
  REGISTRY_REFUSED: 'Check the package name, the channel and the credentials in .npmrc.',
  REGISTRY_MALFORMED: 'Check that --registry names an npm registry and no login page answers in its place.',
  INTEGRITY_MISMATCH: 'The bytes are not the ones that were published; the next check downloads them anew.',
  DOWNLOAD_TOO_LARGE: 'Publish a smaller package or raise the limit.',
  DOWNLOAD_STALLED: 'The next check tries again.',
  UNTRUSTED: 'The registry must announce a SHA-512 integrity for this version.',
  PACKAGE_UNSAFE: 'Ask the publisher of the package to publish a new version without it.',
  PACKAGE_INVALID: 'Ask the publisher to fix the package; it is not asked for again until it changes.',
  DISK_FULL: 'Free some space; the next check tries again.',
  DISK_DENIED: 'Check the rights of the store folder (stagedoor doctor).',
  STORE_UNREADABLE: 'Check the store folder (stagedoor doctor); the bundled runtime starts without it.',
  STORE_BUSY: 'Another process is changing the store; try again in a moment.',
  NATIVE_SOURCE_MISSING: 'Name the folder of the native dependency with --native NAME=DIR.',
  NATIVE_ABI_MISMATCH: 'The native dependency was built for another runtime.',
  LAUNCH_EXITED_EARLY: 'See the last output above; stagedoor explain shows what was decided.',
  LAUNCH_TIMED_OUT: 'Raise --probe-timeout if this runtime needs longer to start.',
  LAUNCH_CRASH_LOOP: 'See the last output above; stagedoor explain shows what was decided.',
  SPAWN_FAILED: 'Check --exec and the rights of the file that it names.',
  PORT_TAKEN: 'Another program answers on the port of the probe; end it or choose another port.',
  TREE_DAMAGED: 'The folder is set aside and staged anew by the next update.',
  BUNDLED_INVALID: 'Check --bundled: the folder must hold a package.json and the entry.',
  VERSION_UNKNOWN: 'stagedoor status lists the versions that are there.',
  INTERNAL: 'This is a defect of stagedoor: please report it with the journal of the store.',
};

/** What to do next where the code alone says it. */
export const usualHint = (code: FailureCode): string => hints[code];

/** Characters of a message: parts of it may come from a registry or a package. */
const longest = 1000;

/** The one error class: a code that carries the blame, one line, and what to do next. */
export class StagedoorError extends Error {
  override readonly name = 'StagedoorError';
  readonly code: FailureCode;
  readonly blame: Blame;
  readonly hint: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, facts: Facts = {}) {
    super(
      oneLine(redact(message.slice(0, 4 * longest)), longest),
      facts.cause === undefined ? {} : { cause: facts.cause },
    );
    this.code = code;
    this.blame = blameByCode[code];
    this.hint = facts.hint ?? hints[code];
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A text that others wrote, for a terminal or a log: one line, bounded, nothing that steers a terminal or is invisible. */
export const oneLine = (text: string, max: number): string => {
  const line = text
    .slice(0, 2 * max)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
};

/** Removes credentials of URLs and of .npmrc, and tokens that say what they are, from a text (P-24). */
export const redact = (text: string): string =>
  text
    .replace(/:\/\/[^/\s@]*@/g, '://')
    .replace(/\b(_authToken|_auth|_password)["']?\s*[=:]\s*["']?[^\s"']+/gi, '$1=[redacted]')
    .replace(/([?&][\w-]*(?:token|signature|secret|password|api_?key)=)[^\s&#"']+/gi, '$1[redacted]')
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]')
    .replace(/\b(?:(?:npm|gh[a-z])_[A-Za-z0-9]{20,}|(?:github_pat_|glpat-)[\w-]{20,})/g, '[redacted]');

/** Anything thrown, as plain data for charts, journal and JSON output. */
export const toFailure = (error: unknown): Failure => failureOf(error);

const nameless = /^Unknown system error -(\d+)$/;

/** libuv has no name for some (EDQUOT, ESTALE): Node then gives the number in the place of the name. */
const errnoName = (code: string): string => {
  const number = nameless.exec(code)?.[1];
  if (number === undefined) return code;
  return Object.entries(constants.errno).find(([, value]) => value === Number(number))?.[0] ?? `E${number}`;
};

/** The errno of a system error, else undefined. */
export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? errnoName(error.code)
    : undefined;

export const hasErrno = (error: unknown, ...codes: readonly string[]): boolean => {
  const errno = errnoOf(error);
  return errno !== undefined && codes.includes(errno);
};

const diskCodes: Readonly<Record<string, FailureCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'DISK_DENIED',
  EPERM: 'DISK_DENIED',
  EROFS: 'DISK_DENIED',
  EBUSY: 'DISK_DENIED',
};

/** A file-system error as ours; an error of ours passes through unchanged. `doing` completes "could not …". */
export const diskFailure = (error: unknown, doing: string): StagedoorError => {
  if (error instanceof StagedoorError) return error;
  const errno = errnoOf(error) ?? 'unknown error';
  return new StagedoorError(diskCodes[errno] ?? 'STORE_UNREADABLE', `could not ${doing} (${errno})`, {
    cause: error,
  });
};
