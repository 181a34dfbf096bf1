import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ChartName, Film } from '#src/film/film.js';
import { charts } from '#visualizations/generate/charts.js';
import { films } from '#visualizations/storyboards/films.js';
import { storyboardFiles } from '#visualizations/storyboards/output.js';
import { stories } from '#visualizations/storyboards/stories.js';
import { statesOf } from '../support/charts/coverage.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';

const folder = fileURLToPath(new URL('../../visualizations/', import.meta.url));
const committedText = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');
const committed: readonly Film[] = JSON.parse(committedText('storyboards.json'));

const names: readonly ChartName[] = ['supervisor', 'launch', 'update', 'natives', 'plugin-install'];

/** The ids of the states that a place names: each region, and what is around it. */
const statesAt = (chart: ChartName, place: string): string[] =>
  place.split(' ').flatMap(region => {
    const parts = region.split('.');
    return parts.map((_, at) => `${chart}.${parts.slice(0, at + 1).join('.')}`);
  });

describe('the storyboards', () => {
  test('storyboards: there are enough, each with an id of its own that a link can hold', () => {
    expect(stories.length).toBeGreaterThanOrEqual(24);
    expect(new Set(stories.map(({ id }) => id)).size).toBe(stories.length);
    for (const { id } of stories) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  test('storyboards: what is committed tells every story, in their order, and the page shows each', () => {
    expect(committed.map(({ id, title, summary }) => ({ id, title, summary }))).toEqual(
      stories.map(({ id, title, summary }) => ({ id, title, summary })),
    );
    const page = committedText('storyboards.html');
    expect(storyboardFiles(committed).get('storyboards.html') === page).toBe(true);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)|(?:src|href)="(?!#)|@import|url\(/);
  });

  test.each(stories.map(story => [story.id, story] as const))(
    'storyboards: %s ends as its summary claims',
    (id, { ends }) => {
      const last = committed.find(film => film.id === id)?.frames.at(-1);
      expect(Object.keys({ ...ends.places, ...ends.disk }).length).toBeGreaterThan(0);
      for (const [chart, place] of Object.entries(ends.places ?? {})) {
        expect(last?.places[chart as ChartName], chart).toContain(place);
      }
      for (const [name, line] of Object.entries(ends.disk ?? {}))
        expect(last?.disk?.[name], name).toContain(line);
      expect(last?.window).toContain(ends.window ?? '');
    },
  );

  test('storyboards: together they visit at least 85 % of the states of the charts', ({ annotate }) => {
    const frames = committed.flatMap(film => film.frames);
    const visited = new Set(
      frames.flatMap(({ places }) => names.flatMap(chart => statesAt(chart, places[chart] ?? ''))),
    );
    const all = charts.flatMap(machine => statesOf(machine)).filter(id => id.includes('.'));
    const missing = all.filter(id => !visited.has(id));
    annotate(`${all.length - missing.length} of ${all.length} states; not visited: ${missing.join(', ')}`);
    expect(missing.length / all.length, `not visited: ${missing.join(', ')}`).toBeLessThanOrEqual(0.15);
  });

  test('storyboards: played again they give the committed films; npm run visualize writes them', async ({
    task,
  }) => {
    const due = stories.filter((_, at) => isFull || (at + seed) % 6 === 0);
    const played = await films(due);
    ran({ task }, played.length, 'storyboards');
    for (const film of played) {
      expect(film, `${film.id}, from seed ${seed}`).toEqual(committed.find(({ id }) => id === film.id));
    }
  });
});
