import { StagedoorError } from '../failure.ts';

/** A core lock that can't be used: missing, damaged, or of a form that is not known. Who launches goes on without it (K-07). */
export class CoreLockUnreadable extends StagedoorError {
  readonly file: string;
  readonly reason: string;

  constructor(file: string, reason: string) {
    super('BUNDLED_INVALID', `the core lock ${file} can't be used: ${reason}`, {
      hint: 'Write it anew: stagedoor lock write DIR --out FILE.',
    });
    this.file = file;
    this.reason = reason;
  }
}
