import { onTestFinished } from 'vitest';
import { createStagedoor } from '#src/create-stagedoor.js';
import type { StagedoorOptions } from '#src/options.js';
import type { Stagedoor, StagedoorEvents } from '#src/stagedoor.js';

/** An app of one test; it is stopped when the test has ended. */
export type App = Stagedoor & {
  /** The next event of that name from now on. */
  next<Name extends keyof StagedoorEvents>(name: Name): Promise<StagedoorEvents[Name]>;
};

/** The real thing through its API. No check happens by itself unless a schedule is given. */
export const openApp = (options: StagedoorOptions): App => {
  const stagedoor = createStagedoor({ schedule: { firstCheckMs: 3_600_000 }, ...options });
  onTestFinished(() => stagedoor.stop());
  return {
    ...stagedoor,
    next: name =>
      new Promise(resolve => {
        const detach = stagedoor.on(name, event => {
          detach();
          resolve(event);
        });
      }),
  };
};
