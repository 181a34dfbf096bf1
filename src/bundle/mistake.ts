/** The caller's mistake about the folder of a bundle: `message` is a predicate ("holds other files: …"). */
export class BundleMistake extends Error {
  override readonly name = 'BundleMistake';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
