import { oneLine, StagedoorError } from '../../failure.ts';
import type { ShortEnd } from '../../process/short-run.ts';

const hint = 'Name the Python of the runtime: `--exec FILE`.';
const printedLength = 200;

const whyOf = ({ kind, code, signal, stderr }: ShortEnd): string => {
  if (kind === 'timed-out') return 'it did not end in time';
  if (kind === 'flooded') return 'it printed more than can be read';
  if (signal !== null) return signal;
  if (code === 0) return 'no answer that can be read';
  const printed = stderr.trim().slice(-printedLength);
  return `exit code ${code}${printed === '' ? '' : `: ${oneLine(printed, printedLength)}`}`;
};

/** An executable that was asked for its pip and has not said; null: it could not be started. */
export const unanswered = (exec: string, end: ShortEnd | null): StagedoorError =>
  end === null
    ? new StagedoorError('SPAWN_FAILED', `${exec} could not be started, to be asked for its pip`, { hint })
    : new StagedoorError('NATIVE_ABI_MISMATCH', `${exec} does not answer as a Python (${whyOf(end)})`, {
        hint,
      });
