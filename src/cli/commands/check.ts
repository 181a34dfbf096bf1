import { onInterruption, signalExitCode } from '../../process/interruption.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { apiOptions, openStagedoor } from '../host.ts';
import { outcomeText } from '../outcome-text.ts';

/** Asks the registry, and with `update` stages what is new. An interruption cancels cleanly; a second one ends at once. */
export const askRegistry = async (context: CommandContext, verb: 'check' | 'update'): Promise<number> => {
  const { settings, output, progress } = context;
  const stagedoor = await openStagedoor({ ...apiOptions(settings), updates: false });
  let interruptedBy: NodeJS.Signals | null = null;
  const detach = onInterruption((signal, times) => {
    interruptedBy = signal;
    if (times > 1) process.exit(signalExitCode(signal));
    stagedoor.cancel();
  });
  progress.show({ phase: 'checking', bytes: 0, total: null });
  stagedoor.on('update:progress', progress.show);
  try {
    const settled = await stagedoor[verb]();
    progress.clear();
    if (settled.outcome === 'failed') {
      output.problem(settled.error);
      return 1;
    }
    output.answer({ data: settled, text: style => outcomeText(settled, style) });
    return settled.outcome === 'cancelled' && interruptedBy !== null ? signalExitCode(interruptedBy) : 0;
  } finally {
    await stagedoor.stop();
    detach();
  }
};

export const checkCommand: CliCommand = {
  name: 'check',
  summary: 'ask the registry whether there is an update; changes nothing',
  examples: ['stagedoor check --package my-runtime --bundled resources/runtime'],
  run: context => askRegistry(context, 'check'),
};
