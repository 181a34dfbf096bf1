import { type VerifiedTree, verifyTrees } from '../../upkeep/verify.ts';
import type { CliCommand } from '../command.ts';
import { openStore } from '../store-context.ts';
import type { Style } from '../style.ts';
import { count } from '../text.ts';

const treeText = (tree: VerifiedTree, style: Style): string =>
  tree.ok
    ? `${tree.version}  ${style.good('ok')}, ${count(tree.files, 'file')}`
    : `${tree.version}  ${style.bad('damaged')}: ${tree.path}: ${tree.reason}`;

export const verifyCommand: CliCommand = {
  name: 'verify',
  summary: 'hash every file of every staged version; changes nothing',
  run: async context => {
    const { fs, layout } = openStore(context);
    const { output, progress } = context;
    progress.show({ phase: 'hashing', bytes: 0, total: null });
    const result = await verifyTrees(fs, layout, ({ version }) =>
      progress.show({ phase: `hashing (${version} is done)`, bytes: 0, total: null }),
    );
    progress.clear();
    output.answer({
      data: result,
      text: style => {
        if (result.trees.length === 0) return 'Nothing is staged.';
        const lines = result.trees.map(tree => treeText(tree, style));
        if (result.outcome === 'damaged') {
          lines.push(style.faint('A damaged version is not launched; stagedoor update stages it anew.'));
        }
        return lines.join('\n');
      },
    });
    return 0;
  },
};
