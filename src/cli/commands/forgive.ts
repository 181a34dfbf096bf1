import { type CliCommand, requiredVersion } from '../command.ts';
import { openStore } from '../store-context.ts';

export const forgiveCommand: CliCommand = {
  name: 'forgive',
  summary: 'take the bad mark off VERSION, so that it may be staged and launched again',
  operands: '<version>',
  examples: ['stagedoor forgive 1.2.0 --package my-runtime'],
  run: async context => {
    const version = requiredVersion(context);
    const { verbs, note } = openStore(context);
    const result = await verbs.forgive(version);
    if (result.outcome === 'forgiven') note('forgive', result);
    context.output.answer({
      data: result,
      text: style =>
        result.outcome === 'forgiven'
          ? `${style.good(version)} is forgiven; it may be staged and launched again.`
          : `${version} is not marked.`,
    });
    return 0;
  },
};
