import { type CliCommand, versionOperand } from '../command.ts';
import { explainText } from '../explain-text.ts';
import { openStore } from '../store-context.ts';

export const explainCommand: CliCommand = {
  name: 'explain',
  summary: 'why this version runs and not that one',
  operands: '[version]',
  examples: ['stagedoor explain 1.2.0 --package my-runtime --bundled resources/runtime'],
  run: async context => {
    const version = versionOperand(context);
    const explanation = await openStore(context).verbs.explain(version);
    context.output.answer({ data: explanation, text: style => explainText(explanation, version, style) });
    return 0;
  },
};
