import type { CliCommand } from '../command.ts';
import { statusText } from '../status-text.ts';
import { openStore } from '../store-context.ts';

export const statusCommand: CliCommand = {
  name: 'status',
  summary: 'what is staged, what runs next, what is marked bad and why',
  examples: ['stagedoor status --package my-runtime --bundled resources/runtime'],
  run: async context => {
    const { fs, layout, setup } = openStore(context);
    const { readStatus } = await import('../../upkeep/status.ts');
    const status = await readStatus(fs, layout, setup);
    context.output.answer({ data: status, text: style => statusText(status, style) });
    return 0;
  },
};
