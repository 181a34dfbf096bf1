import { type CliCommand, requiredVersion } from '../command.ts';
import { openStore } from '../store-context.ts';

export const pinCommand: CliCommand = {
  name: 'pin',
  summary: 'keep to VERSION until unpin; it must be staged or bundled',
  operands: '<version>',
  examples: ['stagedoor pin 1.1.0 --package my-runtime'],
  run: async context => {
    const version = requiredVersion(context);
    const { verbs, note } = openStore(context);
    const { result } = await verbs.change({ kind: 'pin', version });
    note('pin', result);
    context.output.answer({
      data: result,
      text: style => `${style.good(version)} is pinned: it is what starts, and no other version is staged.`,
    });
    return 0;
  },
};
