import type { ChartGraph, ChartState } from './chart-graph.ts';

/** Mermaid ends a label at these. */
const quoted = (text: string): string =>
  text.replaceAll('#', '#35;').replaceAll(':', '#58;').replaceAll(';', '#59;').replaceAll('"', '#34;');

/** Names of Mermaid's own states: no dots, no dashes. */
const nameOf = (id: string): string => id.replaceAll(/[^A-Za-z0-9]/g, '_');

const stateLines = (state: ChartState, indent: string): string[] => {
  const name = nameOf(state.id);
  const deeper = `${indent}  `;
  const children = state.children.flatMap((child, at) => [
    ...(state.type === 'parallel' && at > 0 ? [`${deeper}--`] : []),
    ...(child.isInitial ? [`${deeper}[*] --> ${nameOf(child.id)}`] : []),
    ...stateLines(child, deeper),
    ...(child.type === 'final' ? [`${deeper}${nameOf(child.id)} --> [*]`] : []),
  ]);
  const title = `${indent}state "${quoted(state.key)}" as ${name}`;
  return children.length === 0 ? [title] : [`${title} {`, ...children, `${indent}}`];
};

/** Arrows between the same two states share one: Mermaid would draw them over each other. */
const edgeLines = ({ edges }: ChartGraph): string[] => {
  const merged = new Map<string, string[]>();
  for (const { from, to, label } of edges) {
    const ends = `${nameOf(from)} --> ${nameOf(to)}`;
    merged.set(ends, [...(merged.get(ends) ?? []), quoted(label.join(' '))]);
  }
  return [...merged].map(([ends, labels]) => `  ${ends} : ${labels.join('<br/>')}`);
};

/** A chart for code hosts, which draw Mermaid. The SVG beside it is the better picture. */
export const chartMermaid = (graph: ChartGraph): string =>
  [
    '---',
    `title: ${quoted(graph.id)}`,
    '---',
    'stateDiagram-v2',
    ...graph.root.children.flatMap(child => [
      ...(child.isInitial ? [`  [*] --> ${nameOf(child.id)}`] : []),
      ...stateLines(child, '  '),
    ]),
    ...edgeLines(graph),
    '',
  ].join('\n');
