import type { CliCommand, CommandContext } from '../command.ts';
import { ensureNatives } from '../natives/ensure.ts';
import { pinNativesFor } from '../natives/pin.ts';
import { listNatives, removeNatives } from '../natives/trees.ts';
import { UsageError } from '../usage-error.ts';

type Action = (context: CommandContext, operands: readonly string[]) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  list: listNatives,
  ensure: ensureNatives,
  remove: removeNatives,
  pin: pinNativesFor,
};

export const nativesCommand: CliCommand = {
  name: 'natives',
  summary: 'compiled modules for the ABI of an executable: what is installed, and install it now',
  operands: '<action> [names...]',
  actions: [
    ['list', 'the trees that were installed, by ABI'],
    ['ensure [NAME…]', 'make sure that the native dependencies fit --exec: install what is pinned'],
    ['remove [TAG…]', 'remove the trees of these ABIs, or all'],
    ['pin SPEC…', 'print what allows to install NAME@VERSION (Python: NAME==VERSION)'],
  ],
  options: [['--without <names>', 'pin: leave out what only an install script needs, separated by commas']],
  examples: [
    'stagedoor natives ensure --exec node24',
    'stagedoor natives list --json',
    'stagedoor natives remove linux-x64-glibc-node137',
    'stagedoor natives pin node-pty@1.0.0',
  ],
  run: async context => {
    const [name = '', ...operands] = context.args;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined) return action(context, operands);
    throw new UsageError(
      `${JSON.stringify(name)} is nothing that natives does`,
      `It does ${Object.keys(actions).join(', ')}.`,
    );
  },
};
