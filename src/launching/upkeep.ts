import type { Candidate } from '../../machines/contract.ts';
import type { Journal } from '../store/journal.ts';
import { afterStart } from './after-start.ts';
import type { LaunchSetup } from './setup.ts';

/** The work behind a running app, one piece at a time. */
export type Upkeep = {
  begin(candidate: Candidate): void;
  idle(): Promise<void>;
};

export const createUpkeep = (setup: LaunchSetup, journal: Journal): Upkeep => {
  let work: Promise<void> = Promise.resolve();
  return {
    begin: candidate => {
      work = work.then(() => afterStart(setup, candidate, journal));
    },
    idle: () => work,
  };
};
