import type { CliCommand, CommandContext } from '../command.ts';
import { checkCoreLock, checkUsage } from '../lock/check.ts';
import { constraintsUsage, lockConstraints } from '../lock/constraints.ts';
import { showCoreLock, showUsage } from '../lock/show.ts';
import { writeCoreLock, writeUsage } from '../lock/write.ts';
import { UsageError } from '../usage-error.ts';

type Action = (context: CommandContext, operands: readonly string[]) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  write: writeCoreLock,
  check: checkCoreLock,
  show: showCoreLock,
  constraints: lockConstraints,
};

export const lockCommand: CliCommand = {
  name: 'lock',
  summary: 'the core lock: which packages belong to a runtime, so that no plugin brings another copy',
  operands: '<action> [path...]',
  actions: [
    [writeUsage, 'write what is in the folder of a runtime to FILE; --exec PYTHON: read by running it'],
    [checkUsage, 'say what differs between the folder and its lock; 1 if anything does'],
    [showUsage, 'print what a lock holds'],
    [constraintsUsage, 'print the locked versions of Python, for pip and uv'],
  ],
  options: [
    ['--out <file>', 'write: the file of the lock; constraints: a file in place of the output'],
    ['--lock <file>', 'check: the file of the lock'],
    [
      '--metafile <file>',
      "packages that are joined into files: esbuild's metafile, or a list of {name, version}",
    ],
  ],
  examples: [
    'stagedoor lock write resources/runtime --out resources/runtime/core-lock.json',
    'stagedoor lock check resources/runtime --lock resources/runtime/core-lock.json',
    'stagedoor lock show core-lock.json --json',
    'stagedoor lock constraints core-lock.json --out constraints.txt',
  ],
  run: async context => {
    const [name = '', ...operands] = context.args;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined) return action(context, operands);
    throw new UsageError(
      `${JSON.stringify(name)} is nothing that lock does`,
      `It does ${Object.keys(actions).join(', ')}.`,
    );
  },
};
