import type { TreeLeftovers, TreeReport } from '../../natives/trees/upkeep.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { block, bytesText, count, momentText, type Row } from '../text.ts';
import { UsageError } from '../usage-error.ts';

const upkeep = () => import('../../natives/trees/upkeep.ts');

const treeRows = (tree: TreeReport, style: Style): readonly string[] => {
  const { stamp, packages, built, bytes, inUse, lastUsed, damage } = tree;
  const held = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  const use = inUse ? style.good('in use') : `last used ${momentText(lastUsed)}`;
  return [
    `${stamp}  ${bytesText(bytes)}, ${use}`,
    ...(damage === null ? [held] : [`${style.bad('damaged')}: ${damage}`]),
    ...(built.length === 0 ? [] : [`built here: ${built.join(', ')}`]),
  ];
};

/** The trees of one ABI stand beside its tag. */
const listText = (trees: readonly TreeReport[], style: Style): string => {
  if (trees.length === 0) return 'No native modules are installed.';
  const tags = [...new Set(trees.map(({ tag }) => tag))];
  const rows = tags.map((tag): Row => {
    const own = trees.filter(tree => tree.tag === tag);
    return [tag, own.flatMap(tree => treeRows(tree, style))];
  });
  return block(rows, style.strong);
};

const leftoversText = (leftovers: readonly TreeLeftovers[], style: Style): string => {
  const places = leftovers.flatMap(({ tag, places }) => places.map(place => `${tag}/${place}`));
  if (places.length === 0) return '';
  const head = `Left by what was interrupted; goes with the next installation or ${style.strong('stagedoor gc')}:`;
  return ['', head, ...places.map(place => `  ${place}`)].join('\n');
};

const noOperands = (operands: readonly string[]): void => {
  if (operands.length > 0) throw new UsageError('natives list takes no names');
};

/** Every tree that was installed, checked in full. */
export const listNatives = async (
  { fs, output, progress }: CommandContext,
  operands: readonly string[],
): Promise<number> => {
  noOperands(operands);
  const { listTrees, treeLeftovers } = await upkeep();
  progress.show({ phase: 'hashing', bytes: 0, total: null });
  const trees = await listTrees(fs);
  progress.clear();
  const leftovers = treeLeftovers(fs);
  output.answer({
    data: { outcome: 'ok', trees, leftovers },
    text: style => `${listText(trees, style)}${leftoversText(leftovers, style)}`,
  });
  return 0;
};

const assertKnown = (tags: readonly string[], known: readonly string[]): void => {
  const unknown = tags.find(tag => !known.includes(tag));
  if (unknown === undefined) return;
  throw new UsageError(
    `nothing is installed for ${JSON.stringify(unknown)}`,
    known.length === 0
      ? 'No native modules are installed at all.'
      : `There are trees for ${known.join(', ')}.`,
  );
};

type Named = { readonly tag: string; readonly stamp: string };
const named = (trees: readonly Named[]): readonly string[] =>
  trees.map(({ tag, stamp }) => `${tag} ${stamp}`);

/** Removes the trees of some ABIs, or all; what a living process loads from stays and is named. */
export const removeNatives = async (
  { fs, output }: CommandContext,
  tags: readonly string[],
): Promise<number> => {
  const { removeTrees, treeTags } = await upkeep();
  const known = treeTags(fs);
  assertKnown(tags, known);
  const result = await removeTrees(fs, tags.length === 0 ? known : [...new Set(tags)]);
  const { removed, inUse, freedBytes } = result;
  output.answer({
    data: { outcome: 'ok', ...result },
    text: style => {
      if (removed.length + inUse.length === 0) return 'No native modules are installed.';
      const rows: readonly Row[] = [
        ['removed', removed.length === 0 ? style.faint('none') : named(removed)],
        ['still in use', named(inUse)],
        ['freed', `${bytesText(freedBytes)} in ${count(removed.length, 'tree')}`],
      ];
      return block(rows, style.faint);
    },
  });
  return 0;
};
