import { type ElkExtendedEdge, type ElkNode, default as elk } from 'elkjs/lib/elk.bundled.js';
import type { ChartEdge, ChartGraph, ChartState } from './chart-graph.ts';

/** Pixels at 100 %. */
export const metrics = { title: 13, text: 11, line: 15, padding: 10, wrap: 34, wideWrap: 64 } as const;

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };
export type PlacedState = Box & { readonly state: ChartState; readonly lines: readonly StateLine[] };
export type PlacedEdge = {
  readonly edge: ChartEdge;
  readonly points: readonly Point[];
  readonly label: Box;
};
export type StateLine = {
  readonly kind: 'title' | 'description' | 'invoke' | 'reaction';
  readonly text: string;
};
export type ChartLayout = {
  readonly graph: ChartGraph;
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
};

/** A generous guess: fonts differ between machines, and a label that is too wide would run into its neighbour. */
const widthOf = (text: string, size: number): number => Math.ceil(text.length * size * 0.6);

const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(part => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

const linesOf = ({ key, description, invokes, reactions, children }: ChartState): StateLine[] => {
  const width = children.length > 0 ? metrics.wideWrap : metrics.wrap;
  return [
    { kind: 'title', text: key },
    ...invokes.map(text => ({ kind: 'invoke' as const, text: `⚙ ${text}` })),
    ...wrapped(description, width).map(text => ({ kind: 'description' as const, text })),
    ...reactions.flatMap(({ label }) =>
      wrapped(label, width).map(text => ({ kind: 'reaction' as const, text })),
    ),
  ];
};

const sizeOf = (lines: readonly StateLine[]) => ({
  width:
    Math.max(
      ...lines.map(({ kind, text }) => widthOf(text, kind === 'title' ? metrics.title : metrics.text)),
    ) +
    2 * metrics.padding,
  height: lines.length * metrics.line + 2 * metrics.padding,
});

const spacing = {
  'elk.spacing.nodeNode': '28',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
};

const elkNode = (state: ChartState): ElkNode => {
  const lines = linesOf(state);
  const size = sizeOf(lines);
  if (state.children.length === 0) return { id: state.id, ...size };
  return {
    id: state.id,
    children: state.children.map(child => elkNode(child)),
    layoutOptions: {
      ...spacing,
      'elk.padding': `[top=${size.height + 6},left=18,bottom=18,right=18]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${size.width},${size.height})`,
    },
  };
};

const elkEdge = (edge: ChartEdge): ElkExtendedEdge => ({
  id: edge.id,
  sources: [edge.from],
  targets: [edge.to],
  labels: [
    {
      id: `${edge.id} label`,
      text: edge.label.join(' '),
      width: Math.max(...edge.label.map(line => widthOf(line, metrics.text))) + 8,
      height: edge.label.length * (metrics.line - 2) + 4,
    },
  ],
});

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.edgeLabels.inline': 'false',
  'elk.randomSeed': '1',
  ...spacing,
};

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({ x, y, width, height });

const placeStates = (node: ElkNode, states: ReadonlyMap<string, ChartState>): PlacedState[] => {
  const state = states.get(node.id);
  const below = (node.children ?? []).flatMap(child => placeStates(child, states));
  return state === undefined ? below : [{ ...boxOf(node), state, lines: linesOf(state) }, ...below];
};

const edgesIn = (node: ElkNode): ElkExtendedEdge[] => [
  ...(node.edges ?? []),
  ...(node.children ?? []).flatMap(child => edgesIn(child)),
];

const placeEdge = (placed: ElkExtendedEdge, edge: ChartEdge): PlacedEdge => ({
  edge,
  points: (placed.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]),
  label: boxOf(placed.labels?.[0] ?? {}),
});

const allStates = (state: ChartState): ChartState[] => [
  state,
  ...state.children.flatMap(child => allStates(child)),
];

/** Where everything of a chart lies: the same for the same chart, on every machine. */
export const layOutChart = async (graph: ChartGraph): Promise<ChartLayout> => {
  const states = new Map(allStates(graph.root).map(state => [state.id, state]));
  const edges = new Map(graph.edges.map(edge => [edge.id, edge]));
  const picture: ElkNode = {
    id: 'picture',
    layoutOptions: options,
    children: [elkNode(graph.root)],
    edges: graph.edges.map(edge => elkEdge(edge)),
  };
  const placed = await new elk.default().layout(picture);
  return {
    graph,
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    states: placeStates(placed, states),
    edges: edgesIn(placed).flatMap(found => {
      const edge = edges.get(found.id);
      return edge === undefined ? [] : [placeEdge(found, edge)];
    }),
  };
};
