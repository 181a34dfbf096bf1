import type { Chain } from './fitness.ts';
import type { PlannedNode, PlannedTree } from './ideal-tree.ts';

type Ask = PlannedNode['asks'][number];

/** What is reached from the plugin along the asks that count, each with the shortest way there. */
export const reached = (
  { plugin, nodes }: PlannedTree,
  counts: (ask: Ask) => boolean,
): ReadonlyMap<PlannedNode, Chain> => {
  const chains = new Map<PlannedNode, Chain>();
  const waiting: { readonly node: PlannedNode; readonly above: Chain }[] = [{ node: plugin, above: [] }];
  for (const { node, above } of waiting) {
    if (chains.has(node)) continue;
    const chain = [...above, `${node.name}@${node.version}`];
    chains.set(node, chain);
    for (const ask of node.asks) {
      const next = nodes.get(ask.place);
      if (next !== undefined && counts(ask)) waiting.push({ node: next, above: chain });
    }
  }
  return chains;
};

/** Spreads from what is left out to those that can't do without it, but never to what is kept in any case. */
export const withDependents = (
  { nodes }: PlannedTree,
  first: ReadonlySet<PlannedNode>,
  kept: ReadonlySet<PlannedNode>,
): ReadonlySet<PlannedNode> => {
  const out = new Set(first);
  for (let before = -1; before !== out.size; ) {
    before = out.size;
    for (const node of nodes.values()) {
      const lacks = node.asks.some(({ place, required }) => {
        const other = nodes.get(place);
        return required && other !== undefined && out.has(other);
      });
      if (lacks && !kept.has(node)) out.add(node);
    }
  }
  return out;
};
