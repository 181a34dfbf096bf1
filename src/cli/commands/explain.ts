import { type CliCommand, versionOperand } from '../command.ts';
import { explainText } from '../explain-text.ts';
import { launchView, openStore } from '../store-context.ts';

export const explainCommand: CliCommand = {
  name: 'explain',
  summary: 'why this version runs and not that one',
  operands: '[version]',
  examples: ['stagedoor explain 1.2.0 --package my-runtime --bundled resources/runtime'],
  run: async context => {
    const version = versionOperand(context);
    const { fs } = openStore(context);
    const { explain } = await import('../../launching/explanation.ts');
    const explanation = await explain(launchView(fs, context.settings), null, version);
    context.output.answer({ data: explanation, text: style => explainText(explanation, version, style) });
    return 0;
  },
};
