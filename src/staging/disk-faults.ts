import { diskFailure, errnoOf } from '../failure.ts';

const isErrno = (code: string | undefined): boolean => code !== undefined && /^E[A-Z0-9]+$/.test(code);

/** Runs a step; an errno that escapes it is the disk's fault, and after an abort the reason is the signal's. */
export const diskFaults = async <Output>(
  doing: string,
  signal: AbortSignal | null,
  step: () => Promise<Output>,
): Promise<Output> => {
  try {
    signal?.throwIfAborted();
    return await step();
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw isErrno(errnoOf(error)) ? diskFailure(error, doing) : error;
  }
};
