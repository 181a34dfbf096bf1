import { type CliCommand, versionOperand } from '../command.ts';
import { openStore } from '../store-context.ts';

export const rollbackCommand: CliCommand = {
  name: 'rollback',
  summary: 'leave the current version for VERSION, else the previous good one, else the bundled one',
  operands: '[version]',
  examples: ['stagedoor rollback --package my-runtime --bundled resources/runtime'],
  run: async context => {
    const version = versionOperand(context);
    const { verbs, note } = openStore(context);
    const { result } = await verbs.change({ kind: 'rollback', version });
    if (result.outcome === 'rolled-back') note('rollback', result);
    context.output.answer({
      data: result,
      text: style =>
        result.outcome === 'rolled-back'
          ? `Rolled back from ${result.from} to ${style.good(result.to)}; it starts with the next launch.`
          : 'There is nothing to roll back to.',
    });
    return 0;
  },
};
