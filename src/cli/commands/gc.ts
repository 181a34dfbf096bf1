import { collectTrees } from '../../natives/trees/upkeep.ts';
import { collectGarbage } from '../../upkeep/gc.ts';
import type { CliCommand } from '../command.ts';
import { openStore } from '../store-context.ts';
import { block, bytesText, count } from '../text.ts';

export const gcCommand: CliCommand = {
  name: 'gc',
  summary: 'remove the versions and leftovers that nothing needs',
  run: async context => {
    const { fs, layout, setup, note } = openStore(context);
    const collected = await collectGarbage(fs, layout, setup);
    // Trees are one user's, not one store's: what crashes left of them, and those that nobody has used for long.
    const treesFreedBytes = await collectTrees(fs, new Date());
    const result = { ...collected, treesFreedBytes };
    const { removed, inUse, kept, plugins, freedBytes } = result;
    const swept = [...result.swept, ...plugins.swept];
    const used = [...inUse, ...plugins.inUse];
    if (removed.length + swept.length + plugins.removed.length > 0) note('gc', collected);
    context.output.answer({
      data: result,
      text: style => {
        const none = style.faint('none');
        return block(
          [
            ['removed', removed.join(', ') || none],
            ...(swept.length > 0 ? ([['leftovers', count(swept.length, 'leftover')]] as const) : []),
            ...(plugins.removed.length > 0
              ? ([['of plugins', count(plugins.removed.length, 'tree')]] as const)
              : []),
            ...(used.length > 0 ? ([['still in use', used.join(', ')]] as const) : []),
            ['kept', kept.join(', ') || none],
            ['freed', bytesText(freedBytes)],
            ...(treesFreedBytes > 0
              ? ([['freed of native trees', bytesText(treesFreedBytes)]] as const)
              : []),
          ],
          style.faint,
        );
      },
    });
    return 0;
  },
};
