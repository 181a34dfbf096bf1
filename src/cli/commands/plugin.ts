import type { CliCommand, CommandContext } from '../command.ts';
import { addPlugins } from '../plugin/add.ts';
import { checkPlugins } from '../plugin/check.ts';
import { listPlugins } from '../plugin/list.ts';
import { removePlugins } from '../plugin/remove.ts';
import { UsageError } from '../usage-error.ts';

type Action = (context: CommandContext, operands: readonly string[]) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  add: addPlugins,
  remove: removePlugins,
  list: listPlugins,
  check: checkPlugins,
};

export const pluginCommand: CliCommand = {
  name: 'plugin',
  summary: 'packages beside the runtime, which share what its core lock names',
  operands: '<action> [plugins...]',
  actions: [
    ['add SPEC…', 'install NAME, NAME@RANGE (npm), python:NAME or python:NAME==VERSION; 1 if one is refused'],
    ['remove NAME…', 'remove NAME, python:NAME'],
    ['list', 'what is installed'],
    [
      'check',
      'hold each against the lock of the next launch, and its files against their hashes; 1 for a problem',
    ],
  ],
  options: [
    ['--lock <file>', 'add, check: this core lock instead of that of the version that runs next'],
    ['--python', 'names without a prefix are those of Python distributions'],
  ],
  examples: [
    'stagedoor plugin add chart-plugin@^2',
    'stagedoor plugin add --python some-plugin==1.4 --exec .venv/bin/python',
    'stagedoor plugin check --json',
  ],
  run: async context => {
    const [name = '', ...operands] = context.args;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined) return action(context, operands);
    throw new UsageError(
      `${JSON.stringify(name)} is nothing that plugin does`,
      `It does ${Object.keys(actions).join(', ')}.`,
    );
  },
};
