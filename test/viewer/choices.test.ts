import { describe, expect, test } from 'vitest';
import type { ChartName } from '#src/film/film.js';
import { chartNames, charts } from '../../src/viewer/page/charts/chart-data.ts';
import type { Choice } from '../../src/viewer/page/charts/choices.ts';
import { placeOf } from '../../src/viewer/page/charts/place.ts';
import { choicesAfter, walkAlong } from '../../src/viewer/page/charts/walk.ts';

type Step = ReturnType<typeof walkAlong>['steps'][number];

const possible = (name: ChartName, step: Step): Choice[] =>
  choicesAfter(name, step)
    .flatMap(({ choices }) => choices)
    .filter(({ leads }) => leads !== null);

/** What a step shows: where the chart stands, the arrows that lead on, and what it remembers for later ones. */
const seen = (name: ChartName, step: Step): readonly string[] => {
  const places = placeOf(step.move.after).split(' ');
  const arrows = [...new Set(possible(name, step).flatMap(({ leads }) => leads?.move.edges ?? []))];
  const {
    deaths = 0,
    schedule = null,
    outgrown = [],
  } = step.move.after.context as {
    deaths?: number;
    schedule?: unknown;
    outgrown?: readonly string[];
  };
  const remembered = `${deaths} ${schedule === null} ${outgrown.length}`;
  // Regions that stand side by side multiply: there it is enough that each was looked at.
  const looks = places.length > 1 ? [...places, ...arrows] : [[...places, ...arrows].join(' ')];
  return looks.map(look => `${look} ${remembered}`);
};

/** Goes on wherever something is new. */
const explore = (name: ChartName) => {
  const known = new Set<string>();
  const open: (readonly string[])[] = [[]];
  const edges = new Set<string>();
  const paths: (readonly string[])[] = [];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const step = walkAlong(name, path).steps.at(-1);
    if (step === undefined) throw new Error('a walk without steps');
    paths.push(path);
    for (const edge of step.move.edges) edges.add(edge);
    for (const { id, leads } of possible(name, step)) {
      for (const edge of leads?.move.edges ?? []) edges.add(edge);
      const next = walkAlong(name, [...path, id]).steps.at(-1);
      const news = next === undefined ? [] : seen(name, next).filter(each => !known.has(each));
      for (const each of news) known.add(each);
      if (news.length > 0) open.push([...path, id]);
    }
  }
  return { edges, paths };
};

describe.each(chartNames)('what a reader of the viewer can choose in the chart %s', name => {
  const { edges, paths } = explore(name);

  test('each arrow of the chart can be taken', () => {
    const all = charts[name].graph.edges.map(({ id }) => id);
    expect(all.filter(id => !edges.has(id))).toEqual([]);
  });

  test('a path leads to the same place again, and its choices have different names', () => {
    for (const path of paths) {
      const { steps, lost } = walkAlong(name, path);
      expect(lost).toBeNull();
      const last = steps.at(-1);
      if (last === undefined) throw new Error('a walk without steps');
      const ids = choicesAfter(name, last).flatMap(({ choices }) => choices.map(({ id }) => id));
      expect(new Set(ids).size, path.join(', ')).toBe(ids.length);
    }
  });
});
