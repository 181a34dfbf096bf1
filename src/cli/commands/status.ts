import type { CliCommand } from '../command.ts';
import { statusText } from '../status-text.ts';
import { openStore } from '../store-context.ts';

export const statusCommand: CliCommand = {
  name: 'status',
  summary: 'what is staged, what runs next, what is marked bad and why',
  examples: ['stagedoor status --package my-runtime --bundled resources/runtime'],
  run: async context => {
    const status = await openStore(context).verbs.status();
    context.output.answer({ data: status, text: style => statusText(status, style) });
    return 0;
  },
};
