import type { ChartName } from '../../../film/film.ts';
import { isChartName } from '../charts/chart-data.ts';

/** What the page shows, as it stands in the address: `#/storyboards/first-update/5`. Frames count from 1. */
export type Route =
  | { readonly view: 'storyboards'; readonly id: string | null; readonly at: number }
  | {
      readonly view: 'charts';
      readonly chart: ChartName;
      /** The ids of the choices that were made. */
      readonly path: readonly string[];
      /** How many of them are gone; a reader may have stepped back. */
      readonly at: number;
      /** A state or an arrow that is looked at. */
      readonly looked: string | null;
    }
  | { readonly view: 'journal'; readonly run: string | null; readonly at: number }
  /** Without a frame the newest one is followed. */
  | { readonly view: 'live'; readonly run: string | null; readonly at: number | null };

export const firstRoute: Route = { view: 'storyboards', id: null, at: 1 };

export const chartRoute = (chart: ChartName, looked: string | null = null): Route => ({
  view: 'charts',
  chart,
  path: [],
  at: 0,
  looked,
});

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
};

const countOf = (part: string | undefined): number | null => {
  const count = Number(part);
  return part !== undefined && part !== '' && Number.isSafeInteger(count) && count >= 0 ? count : null;
};

const readCharts = (name: string, steps: string, query: URLSearchParams): Route => {
  const path = steps.split(',').flatMap(step => (step === '' ? [] : [decoded(step)]));
  const at = Math.min(countOf(query.get('at') ?? undefined) ?? path.length, path.length);
  return {
    view: 'charts',
    chart: isChartName(name) ? name : 'supervisor',
    path,
    at,
    looked: query.get('look'),
  };
};

/** Null: the address names nothing that this page has. */
export const readRoute = (hash: string): Route | null => {
  const [way = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view, first = '', second = ''] = way.split('/');
  const id = first === '' ? null : decoded(first);
  switch (view) {
    case 'storyboards':
      return { view, id, at: countOf(second) ?? 1 };
    case 'charts':
      return readCharts(first, second, new URLSearchParams(query));
    case 'journal':
      return { view, run: id, at: countOf(second) ?? 1 };
    case 'live':
      return { view, run: id, at: countOf(second) };
    default:
      return null;
  }
};

const written = (...parts: readonly (string | number | null)[]): string =>
  `#/${parts
    .filter(part => part !== null)
    .map(part => encodeURIComponent(part))
    .join('/')}`;

export const writeRoute = (route: Route): string => {
  switch (route.view) {
    case 'storyboards':
      return route.id === null ? '#/storyboards' : written('storyboards', route.id, route.at);
    case 'charts': {
      const { chart, path, at, looked } = route;
      const query = new URLSearchParams();
      if (at < path.length) query.set('at', String(at));
      if (looked !== null) query.set('look', looked);
      const steps = path.length === 0 ? '' : `/${path.map(encodeURIComponent).join(',')}`;
      return `#/charts/${chart}${steps}${query.size === 0 ? '' : `?${query.toString()}`}`;
    }
    case 'journal':
      return route.run === null ? '#/journal' : written('journal', route.run, route.at);
    case 'live':
      return route.at === null || route.run === null ? '#/live' : written('live', route.run, route.at);
  }
};
