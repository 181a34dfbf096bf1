import type { CliCommand } from '../command.ts';
import { openStore } from '../store-context.ts';

export const unpinCommand: CliCommand = {
  name: 'unpin',
  summary: 'follow the channel again',
  run: async context => {
    const { verbs, note } = openStore(context);
    const { result } = await verbs.change({ kind: 'unpin' });
    const version = result.outcome === 'unpinned' ? result.version : null;
    if (version !== null) note('unpin', result);
    context.output.answer({
      data: result,
      text: () => (version === null ? 'Nothing was pinned.' : `${version} is no longer pinned.`),
    });
    return 0;
  },
};
