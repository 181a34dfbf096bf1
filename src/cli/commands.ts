import type { CliCommand } from './command.ts';
import { checkCommand } from './commands/check.ts';
import { runCommand } from './commands/run.ts';
import { updateCommand } from './commands/update.ts';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [checkCommand, updateCommand, runCommand];
