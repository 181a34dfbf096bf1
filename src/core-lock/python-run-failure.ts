import { oneLine, StagedoorError } from '../failure.ts';
import type { ShortEnd } from '../process/short-run.ts';

/** The program that was run, and by what. */
export type PythonRun = { readonly exec: string; readonly script: string };

const printedLength = 400;

/** The end of what it printed, where the reason is. */
const printed = ({ stdout, stderr }: ShortEnd): string => {
  const text = (stderr.trim() === '' ? stdout : stderr).trim();
  return text === ''
    ? 'it printed nothing'
    : `it printed: ${oneLine(text.slice(-printedLength), printedLength)}`;
};

const hint = 'Run the command by hand to see why; without an interpreter, the folder is read as it is.';

const failed = ({ exec, script }: PythonRun, what: string): StagedoorError =>
  new StagedoorError('BUNDLED_INVALID', `${exec} running ${script} ${what}`, { hint });

/** It was never started. */
export const notStarted = ({ exec, script }: PythonRun): StagedoorError =>
  new StagedoorError('SPAWN_FAILED', `${exec} could not be started to run ${script}`, {
    hint: 'Check that it is a Python interpreter that may be run.',
  });

/** Null where it has ended well (K-03). */
export const runFailure = (run: PythonRun, end: ShortEnd): StagedoorError | null => {
  if (end.kind === 'timed-out') return failed(run, `did not end in time; ${printed(end)}`);
  if (end.kind === 'flooded') return failed(run, 'printed more than can be read');
  if (end.signal !== null) return failed(run, `was ended by the signal ${end.signal}; ${printed(end)}`);
  if (end.code !== 0) return failed(run, `ended with exit code ${end.code}; ${printed(end)}`);
  return null;
};

/** It ended well, but its result can't be used. */
export const unusable = (run: PythonRun, why: string): StagedoorError => failed(run, why);
