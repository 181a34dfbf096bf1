import { onInterruption, signalExitCode } from '../process/interruption.ts';
import type { CommandContext } from './command.ts';

/**
 * Work that a signal may end: it is told, waits until all has been undone, and ends with the signal's exit code. `before`: what was
 * done before, if anything was.
 */
export const interruptible = async (
  { output, progress }: Pick<CommandContext, 'output' | 'progress'>,
  work: (signal: AbortSignal) => Promise<number>,
  before: () => Readonly<Record<string, unknown>> = () => ({}),
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
    const data = { ...before(), outcome: 'cancelled' };
    output.answer({ data, text: () => 'Cancelled; nothing was changed.' });
    return signalExitCode(interruptedBy);
  } finally {
    detach();
  }
};
