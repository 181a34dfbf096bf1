import type { CliCommand } from './command.ts';
import { abiCommand } from './commands/abi.ts';
import { bundleCommand } from './commands/bundle.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { forgiveCommand } from './commands/forgive.ts';
import { gcCommand } from './commands/gc.ts';
import { lockCommand } from './commands/lock.ts';
import { nativesCommand } from './commands/natives.ts';
import { pinCommand } from './commands/pin.ts';
import { pluginCommand } from './commands/plugin.ts';
import { replayCommand } from './commands/replay.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { runCommand } from './commands/run.ts';
import { statusCommand } from './commands/status.ts';
import { unpinCommand } from './commands/unpin.ts';
import { updateCommand } from './commands/update.ts';
import { verifyCommand } from './commands/verify.ts';
import { visualizeCommand } from './commands/visualize.ts';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
  checkCommand,
  updateCommand,
  runCommand,
  statusCommand,
  explainCommand,
  rollbackCommand,
  pinCommand,
  unpinCommand,
  forgiveCommand,
  verifyCommand,
  gcCommand,
  doctorCommand,
  abiCommand,
  nativesCommand,
  bundleCommand,
  lockCommand,
  pluginCommand,
  visualizeCommand,
  replayCommand,
];
