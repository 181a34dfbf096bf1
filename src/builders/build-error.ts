import type { FailureCode } from '../../machines/failure.ts';
import { BundleMistake } from '../bundle/mistake.ts';
import { diskFailure, errnoOf, StagedoorError } from '../failure.ts';

/** `USAGE`: the options or the app's folders are not what they must be. `FUSES_UNSAFE`: a fuse is refused. */
export type BuildErrorCode = FailureCode | 'USAGE' | 'FUSES_UNSAFE';

/** Where a hint of the command line names a flag, what a builder's options say instead. */
const hints: Partial<Record<FailureCode, string>> = {
  NATIVE_SOURCE_MISSING: 'Install it in the project, or name its folder: natives: [{ name, dir }].',
  NATIVE_ABI_MISMATCH:
    'Build or install it for the target, or name the folder of one that is: natives: [{ name, dir }].',
  PACKAGE_INVALID: 'Check the options package, from, version and entry.',
  REGISTRY_MALFORMED:
    'Check that the option registry names an npm registry and no login page answers in its place.',
};

/** Fails a build. Builders show the message alone, so that it has it all in one line: code, what failed, what to do. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly code: BuildErrorCode;
  readonly hint: string;

  constructor(code: BuildErrorCode, message: string, hint: string, cause?: unknown) {
    super(
      `stagedoor: ${code}: ${message}${hint === '' ? '' : ` — ${hint}`}`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.hint = hint;
  }
}

/** Whatever the making of a bundle rejected with, for a builder. A defect keeps its own shape. */
export const asBuildError = (error: unknown): unknown => {
  if (error instanceof BundleMistake) {
    return new BuildError('USAGE', `the runtime's folder ${error.message}`, error.hint, error);
  }
  if (error instanceof StagedoorError) {
    return new BuildError(error.code, error.message, hints[error.code] ?? error.hint, error);
  }
  const ofSystem = error instanceof Error && 'syscall' in error && errnoOf(error) !== undefined;
  return ofSystem ? asBuildError(diskFailure(error, 'write the runtime into the resources')) : error;
};
