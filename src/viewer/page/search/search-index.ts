import type { ChartName, Film } from '../../../film/film.ts';
import { chartNames, charts } from '../charts/chart-data.ts';
import { eventName } from '../films/event-name.ts';
import { chartRoute, type Route, writeRoute } from '../shell/route.ts';

export type FindKind = 'state' | 'event' | 'storyboard' | 'step';

/** Something that can be found, and the address that shows it. */
export type Find = {
  readonly kind: FindKind;
  readonly title: string;
  readonly where: string;
  readonly text: string;
  readonly href: () => string;
  /** All of it in lower case. */
  readonly haystack: string;
};

type Parts = Pick<Find, 'kind' | 'title' | 'where' | 'text'>;

const find = (parts: Parts, route: () => Route): Find => ({
  ...parts,
  href: () => writeRoute(route()),
  haystack: `${parts.title} ${parts.where} ${parts.text}`.toLowerCase(),
});

const chartFinds = (name: ChartName): Find[] => {
  const { states, edges } = charts[name];
  return [
    ...[...states.values()].map(({ id, description, invokes }) =>
      find(
        {
          kind: 'state',
          title: id,
          where: [`chart ${name}`, ...invokes.map(work => `⚙ ${work}`)].join(' '),
          text: description,
        },
        () => chartRoute(name, id),
      ),
    ),
    ...[...edges.values()].map(({ id, label, from, to, description }) =>
      find({ kind: 'event', title: label.join(' '), where: `${from} → ${to}`, text: description }, () =>
        chartRoute(name, id),
      ),
    ),
  ];
};

/** What a state does with an event without leaving has no arrow: the state is shown. */
const reactionFinds = (name: ChartName): Find[] =>
  [...charts[name].states.values()].flatMap(({ id, reactions }) =>
    reactions.map(({ label, description }) =>
      find({ kind: 'event', title: label, where: id, text: description }, () => chartRoute(name, id)),
    ),
  );

const stepFinds = (film: Film, routeOf: (at: number) => Route): Find[] =>
  film.frames.map((frame, at) =>
    find(
      {
        kind: 'step',
        title: eventName(frame),
        where: `${film.title}, step ${at + 1}`,
        text: frame.says,
      },
      () => routeOf(at + 1),
    ),
  );

const storyFinds = (film: Film): Find[] => {
  const { id, title, summary } = film;
  const routeOf = (at: number): Route => ({ view: 'storyboards', id, at });
  return [
    find({ kind: 'storyboard', title, where: `${film.frames.length} steps`, text: summary }, () =>
      routeOf(1),
    ),
    ...stepFinds(film, routeOf),
  ];
};

/** States and events of the charts, storyboards and their steps. */
export const indexOfPage = (films: readonly Film[]): readonly Find[] => [
  ...chartNames.flatMap(chartFinds),
  ...chartNames.flatMap(reactionFinds),
  ...films.flatMap(storyFinds),
];

/** A run of many steps is not gone through again for each letter that is typed. */
const runs = new WeakMap<Film, readonly Find[]>();

/** The steps of what is open beside. */
export const indexOfRuns = (films: readonly Film[], view: 'journal' | 'live'): readonly Find[] =>
  films.flatMap(film => {
    const finds = runs.get(film) ?? stepFinds(film, at => ({ view, run: film.id, at }));
    runs.set(film, finds);
    return finds;
  });

const kinds: readonly FindKind[] = ['state', 'event', 'storyboard', 'step'];
const mostOfAKind = 12;

/** All words must be in it; titles that begin with them come first, of each kind a few. */
export const search = (index: readonly Find[], query: string): readonly Find[] => {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  if (words.length === 0) return [];
  const hits = index.filter(({ haystack }) => words.every(word => haystack.includes(word)));
  const rank = ({ title }: Find): number => {
    const place = title.toLowerCase().indexOf(words[0] ?? '');
    return place === -1 ? 2 : place === 0 ? 0 : 1;
  };
  return kinds.flatMap(kind =>
    hits
      .filter(hit => hit.kind === kind)
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, mostOfAKind),
  );
};
