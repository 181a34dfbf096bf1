import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { ChartName } from './film.ts';

/** A state in the chart's own words. */
type StateWords = { readonly description: string; readonly entry: readonly string[] };

/** One way out of a state, or what it does without leaving. */
export type MoveWords = {
  /** As `data-edge` in the pictures. */
  readonly edge: string;
  /** Dotted path of the target; null: it stays. */
  readonly to: string | null;
  readonly description: string;
  readonly actions: readonly string[];
};

/** What a chart says about itself, as plain data, by dotted path: `alive.probing`; the root is the empty path. */
export type ChartWords = {
  readonly states: Readonly<Record<string, StateWords>>;
  /** By path and event type, in the order in which they are tried. Type '': at once. */
  readonly moves: Readonly<Record<string, Readonly<Record<string, readonly MoveWords[]>>>>;
};

export type AllWords = Readonly<Record<ChartName, ChartWords>>;

const pathOf = ({ path }: AnyStateNode): string => path.join('.');

const nameOf = (action: unknown): string => {
  if (typeof action === 'string') return action;
  return typeof action === 'object' && action !== null && 'type' in action ? String(action.type) : '';
};

const movesOf = (node: AnyStateNode): Record<string, MoveWords[]> => {
  const moves: Record<string, MoveWords[]> = {};
  const all: AnyTransitionDefinition[] = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  for (const [place, transition] of all.entries()) {
    const { eventType, target, actions } = transition;
    const described: unknown = transition.description;
    moves[eventType] = [
      ...(moves[eventType] ?? []),
      ...(target ?? [null]).map((to, branch) => ({
        edge: `${node.id}#${place}.${branch}`,
        to: to === null ? null : pathOf(to),
        description: typeof described === 'string' ? described : '',
        actions: actions.map(nameOf),
      })),
    ];
  }
  return moves;
};

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(child => nodesOf(child)),
];

/** The words of one chart, read from the machine itself. */
export const chartWords = ({ root }: AnyStateMachine): ChartWords => {
  const nodes = nodesOf(root);
  return {
    states: Object.fromEntries(
      nodes.map(node => [
        pathOf(node),
        { description: node.description ?? '', entry: node.entry.map(nameOf) },
      ]),
    ),
    moves: Object.fromEntries(nodes.map(node => [pathOf(node), movesOf(node)])),
  };
};
