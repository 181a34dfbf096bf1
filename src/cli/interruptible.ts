import { onInterruption, signalExitCode } from '../process/interruption.ts';
import type { CommandContext } from './command.ts';
import type { Answer } from './output.ts';

const nothingChanged = (): Answer => ({
  data: { outcome: 'cancelled' },
  text: () => 'Cancelled; nothing was changed.',
});

/**
 * Work that a signal may end: it is told, waits until all has been undone, and ends with the signal's exit code. `cancelled` says
 * what has come of it, default: nothing.
 */
export const interruptible = async (
  { output, progress }: Pick<CommandContext, 'output' | 'progress'>,
  work: (signal: AbortSignal) => Promise<number>,
  cancelled: () => Answer = nothingChanged,
): Promise<number> => {
  const interruption = new AbortController();
  let interruptedBy: NodeJS.Signals | null = null;
  const detach = onInterruption(signal => {
    interruptedBy = signal;
    interruption.abort(new Error('interrupted'));
  });
  try {
    return await work(interruption.signal);
  } catch (error) {
    if (interruptedBy === null) throw error;
    progress.clear();
    output.answer(cancelled());
    return signalExitCode(interruptedBy);
  } finally {
    detach();
  }
};
