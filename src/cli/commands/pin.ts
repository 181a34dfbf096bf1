import { pin, unpin } from '../../upkeep/pinning.ts';
import { type CliCommand, requiredVersion } from '../command.ts';
import { openStore } from '../store-context.ts';

export const pinCommand: CliCommand = {
  name: 'pin',
  summary: 'keep to VERSION until unpin; it must be staged or bundled',
  operands: '<version>',
  examples: ['stagedoor pin 1.1.0 --package my-runtime'],
  run: async context => {
    const version = requiredVersion(context);
    const { fs, layout, setup, journal } = openStore(context);
    const result = await pin(fs, layout, setup, version);
    journal.append({ event: 'order.done', order: 'pin', ...result });
    context.output.answer({
      data: result,
      text: style => `${style.good(version)} is pinned; nothing else is staged or launched before it.`,
    });
    return 0;
  },
};

export const unpinCommand: CliCommand = {
  name: 'unpin',
  summary: 'follow the channel again',
  run: async context => {
    const { fs, layout, journal } = openStore(context);
    const result = await unpin(fs, layout);
    journal.append({ event: 'order.done', order: 'unpin', ...result });
    context.output.answer({
      data: result,
      text: () =>
        result.version === null ? 'Nothing was pinned.' : `${result.version} is no longer pinned.`,
    });
    return 0;
  },
};
