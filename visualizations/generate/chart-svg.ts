import { type ChartLayout, metrics, type PlacedEdge, type PlacedState, type Point } from './chart-layout.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const round = (value: number): number => Math.round(value * 10) / 10;

const style = `
text{font-family:Verdana,DejaVu Sans,sans-serif;font-size:${metrics.text}px;fill:var(--ink,#1f2328)}
.title{font-weight:bold;font-size:${metrics.title}px}
.invoke{fill:var(--work,#8250df)}.reaction{fill:var(--faint,#656d76);font-style:italic}
.description{fill:var(--faint,#57606a)}
.state>rect{fill:var(--paper,#fff);stroke:var(--line,#8c959f);stroke-width:1.2}
.compound>rect{fill:var(--nest,#f6f8fa)}.parallel>rect{stroke-dasharray:6 4}
.final>rect{stroke-width:3}.initial{fill:var(--wire,#57606a)}
.words text{paint-order:stroke;stroke:var(--rim,#f6f8fa);stroke-width:4px;stroke-linejoin:round}
.edge path{fill:none;stroke:var(--wire,#57606a);stroke-width:1.2}
.edge.error path{stroke:var(--error,#cf222e)}.edge.done path{stroke:var(--done,#1a7f37)}
.edge.after path{stroke:var(--after,#9a6700)}.edge.always path{stroke-dasharray:4 3}
.edge.error text{fill:var(--error,#cf222e)}.edge.done text{fill:var(--done,#1a7f37)}.edge.after text{fill:var(--after,#9a6700)}
`;

const pathOf = (points: readonly Point[]): string =>
  points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');

const kindOf = ({ state }: PlacedState): string =>
  state.children.length > 0 && state.type !== 'parallel' ? 'compound' : state.type;

const stateShape = (placed: PlacedState): string => {
  const { state, x, y, width, height } = placed;
  const start = state.isInitial ? `<circle class="initial" cx="${round(x)}" cy="${round(y)}" r="5"/>` : '';
  return `<g class="state ${kindOf(placed)}" data-state="${escaped(state.id)}"><title>${escaped(`${state.id}: ${state.description}`)}</title><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>${start}</g>`;
};

const stateText = ({ state, lines, x, y }: PlacedState): string => {
  const texts = lines.map(({ kind, text }, at) => {
    const top = round(y + metrics.padding + at * metrics.line + metrics.text);
    return `<text class="${kind}" x="${round(x + metrics.padding)}" y="${top}">${escaped(text)}</text>`;
  });
  return `<g class="words" data-state="${escaped(state.id)}">${texts.join('')}</g>`;
};

const edgeShape = ({ edge, points }: PlacedEdge): string => {
  const said = `${edge.label.join(' ')}${edge.description === '' ? '' : `: ${edge.description}`}`;
  return `<g class="edge ${edge.kind}" data-edge="${escaped(edge.id)}"><title>${escaped(said)}</title><path d="${pathOf(points)}" marker-end="url(#arrow)"/></g>`;
};

const edgeText = ({ edge, label }: PlacedEdge): string => {
  const texts = edge.label.map((line, at) => {
    const top = round(label.y + metrics.text + at * (metrics.line - 2));
    return `<text x="${round(label.x + 4)}" y="${top}">${escaped(line)}</text>`;
  });
  return `<g class="words edge ${edge.kind}" data-edge="${escaped(edge.id)}">${texts.join('')}</g>`;
};

/**
 * The picture of a chart. States and arrows bear their ids, so that a viewer can light them. Words come last and with a
 * rim, so that no arrow runs over them.
 */
export const chartSvg = ({ graph, width, height, states, edges }: ChartLayout): string =>
  `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(`${graph.id}: ${graph.root.description}`)}">`,
    `<style>${style.trim()}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="var(--ground,#fff)"/>`,
    ...states.map(stateShape),
    ...edges.map(edgeShape),
    ...states.map(stateText),
    ...edges.map(edgeText),
    '</svg>',
  ].join('\n')}\n`;
