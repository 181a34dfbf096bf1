/** Wrong usage: the caller's mistake, exit code 2. One line that names what is wrong, and what to do about it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string;

  constructor(message: string, hint = 'Run stagedoor --help for the options.') {
    super(message);
    this.hint = hint;
  }
}
