import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import {
  launchMachine,
  nativesMachine,
  pluginInstallMachine,
  supervisorMachine,
  updateMachine,
} from '../../../../machines/index.ts';
import {
  type ChartEdge,
  type ChartGraph,
  type ChartState,
  chartGraph,
} from '../../../../visualizations/generate/chart-graph.ts';
import type { ChartName } from '../../../film/film.ts';

export const chartNames: readonly ChartName[] = [
  'supervisor',
  'launch',
  'update',
  'natives',
  'plugin-install',
];

export const isChartName = (name: string): name is ChartName => chartNames.some(each => each === name);

/** A chart as the page knows it: the machine that steps, and what its picture is made of. */
export type Chart = {
  readonly name: ChartName;
  readonly machine: AnyStateMachine;
  readonly graph: ChartGraph;
  readonly states: ReadonlyMap<string, ChartState>;
  readonly edges: ReadonlyMap<string, ChartEdge>;
  /** The arrow of a transition that leads somewhere. */
  readonly edgeOf: ReadonlyMap<AnyTransitionDefinition, string>;
};

const statesIn = (state: ChartState): ChartState[] => [state, ...state.children.flatMap(statesIn)];

const nodesIn = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(child => nodesIn(child)),
];

const arrowsIn = (node: AnyStateNode): [AnyTransitionDefinition, string][] =>
  [...[...node.transitions.values()].flat(), ...(node.always ?? [])].flatMap((transition, place) =>
    transition.target === undefined ? [] : [[transition, `${node.id}#${place}.0`]],
  );

const chartOf = (name: ChartName, machine: AnyStateMachine): Chart => {
  const graph = chartGraph(machine);
  return {
    name,
    machine,
    graph,
    states: new Map(statesIn(graph.root).map(state => [state.id, state])),
    edges: new Map(graph.edges.map(edge => [edge.id, edge])),
    edgeOf: new Map(nodesIn(machine.root).flatMap(arrowsIn)),
  };
};

export const charts: Readonly<Record<ChartName, Chart>> = {
  supervisor: chartOf('supervisor', supervisorMachine),
  launch: chartOf('launch', launchMachine),
  update: chartOf('update', updateMachine),
  natives: chartOf('natives', nativesMachine),
  'plugin-install': chartOf('plugin-install', pluginInstallMachine),
};

/** `alive.probing` of the launch chart is the state `launch.alive.probing`; regions stand side by side. */
export const leavesOf = (chart: ChartName, place: string | null): readonly string[] =>
  place === null || place === '' ? [] : place.split(' ').map(path => `${chart}.${path}`);

/** A state and all around it, the innermost first. */
export const upwards = (id: string): string[] => {
  const parts = id.split('.');
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('.'));
};

/** Without the chart's own name, as a frame says it. */
export const shortName = (id: string): string => id.replace(/^[^.]+\./, '');
