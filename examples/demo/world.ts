import type { StagedoorOptions } from 'stagedoor';

/** The versions of the story, oldest first. */
export type Versions = {
  readonly bundled: string;
  readonly good: string;
  readonly broken: string;
  readonly healed: string;
};

/** What the story is told about: little runtimes, or a real package. */
export type World = {
  readonly name: string;
  readonly subtitle: string;
  readonly versions: Versions;
  readonly options: StagedoorOptions;
  /** Where the running version answers. */
  readonly address: string;
  publish(version: string): void;
  /** Asks over HTTP; rejects unless it is this version that answers. */
  expectAnswer(version: string): Promise<void>;
  close(): Promise<void>;
};

/** A step that did not happen as told: the demo ends with it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Ends the demo unless a step had the result that was told. */
export const expectThat = (happened: boolean, expected: string, got: unknown): void => {
  if (!happened) throw new DemoError(`expected ${expected}, got ${JSON.stringify(got)}`);
};
