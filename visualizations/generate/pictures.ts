import { chartGraph } from './chart-graph.ts';
import { layOutChart } from './chart-layout.ts';
import { chartMermaid } from './chart-mermaid.ts';
import { chartSvg } from './chart-svg.ts';
import { charts } from './charts.ts';

/** The pictures of all charts by their file names: SVG, Mermaid, and the JSON that viewers of XState charts import. */
export const pictures = async (): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>();
  for (const machine of charts) {
    const graph = chartGraph(machine);
    files.set(`${machine.id}.svg`, chartSvg(await layOutChart(graph)));
    files.set(`${machine.id}.mmd`, chartMermaid(graph));
    files.set(`${machine.id}.json`, `${JSON.stringify(machine.config, null, 2)}\n`);
  }
  return files;
};
