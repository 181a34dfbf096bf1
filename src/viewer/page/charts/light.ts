import type { ChartName } from '../../../film/film.ts';
import { charts, leavesOf, shortName, upwards } from './chart-data.ts';
import type { Light } from './picture.ts';

const none: ReadonlySet<string> = new Set();

type Shown = {
  readonly place: string | null;
  readonly taken?: readonly string[];
  readonly possible?: ReadonlySet<string>;
  readonly looked?: string | null;
};

/** What to light of a chart that stands somewhere. */
export const lightOf = (
  chart: ChartName,
  { place, taken = [], possible = none, looked = null }: Shown,
): Light => {
  const active = leavesOf(chart, place);
  return {
    active: new Set(active),
    around: new Set(active.flatMap(id => upwards(id).slice(1))),
    taken: new Set(taken),
    possible,
    looked,
  };
};

/** What to bring into view: what a reader looks at, else what is new, else what is active. */
export const focusOf = (chart: ChartName, light: Light, before: string | null): string | null => {
  if (light.looked !== null) return light.looked;
  const known = new Set(leavesOf(chart, before));
  const active = [...light.active];
  return active.find(id => !known.has(id)) ?? active[0] ?? null;
};

export type Words = { readonly title: string; readonly text: string };

const stateWords = (chart: ChartName, id: string): Words | null => {
  const state = charts[chart].states.get(id);
  if (state === undefined) return null;
  const works = state.invokes.length === 0 ? '' : ` Works: ${state.invokes.join(', ')}.`;
  return { title: shortName(id), text: `${state.description}${works}` };
};

/** A state or an arrow in words. */
export const wordsOf = (chart: ChartName, id: string): Words | null => {
  const edge = charts[chart].edges.get(id);
  if (edge === undefined) return stateWords(chart, id);
  const { label, from, to, description } = edge;
  const way = `From ${shortName(from)} to ${shortName(to)}`;
  return { title: label.join(' '), text: description === '' ? `${way}.` : `${way}: ${description}.` };
};
