import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { journalFilms } from '#src/film/journal-film.js';
import { ownWords } from '#src/film/own-words.js';
import { chartGraph } from '#visualizations/generate/chart-graph.js';
import { charts } from '#visualizations/generate/charts.js';
import {
  type AppWorld,
  newLauncher,
  newShell,
  newWorld,
  next,
  packed,
  stage,
  trust,
} from '../../support/app-world.ts';
import { registryForTest } from '../../support/loopback.ts';

const words = ownWords();

const filmsOf = ({ layout }: AppWorld) =>
  journalFilms([{ name: 'journal.jsonl', text: readFileSync(layout.journal, 'utf8') }], words);

const edges: ReadonlySet<string> = new Set(
  charts.flatMap(chart => chartGraph(chart).edges.map(({ id }) => id)),
);

test('P-39: an update that is rolled back, as its journal tells it: where the charts stood, why, what was on disk and what the user saw', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.2.0', { behaviour: 'dies-at-start' }));
  await trust(world, '1.1.0');
  const stagedoor = newShell(world, { registry: registry.url });
  await stagedoor.start();
  await stagedoor.update();
  const rolledBack = next(stagedoor, 'runtime:rolled-back');
  await stagedoor.restart();
  await rolledBack;
  await stagedoor.stop();

  const { films, problems } = filmsOf(world);
  expect(problems).toEqual([]);
  expect(films).toHaveLength(1);
  const frames = films[0]?.frames ?? [];
  const at = (place: string) =>
    frames.findLast(({ chart, places }) => chart !== null && places[chart] === place);

  expect(at('working.downloading')).toMatchObject({
    chart: 'update',
    by: 'xstate.done.actor.checkRegistry',
    says: 'A newer version is on offer.',
    facts: { version: '1.2.0' },
    disk: { pointer: 'none', 'known-good': '1.1.0', bundled: '1.0.0' },
    window: 'The app runs 1.1.0',
  });
  expect(frames.find(({ places }) => places.update === 'resting.staged')?.disk).toMatchObject({
    pointer: '1.2.0',
  });
  expect(frames.map(({ window }) => window)).toContain(
    'The app runs 1.1.0. 1.2.0 is ready: restart to apply',
  );
  expect(at('fallback')).toMatchObject({
    by: 'runtime.exited',
    places: { launch: 'fallback', update: 'resting.staged' },
    says: expect.stringMatching(
      /^It ended before it was ready\. 1\.2\.0 ended with code 1 before it was ready/,
    ),
    facts: { error: expect.stringContaining('LAUNCH_EXITED_EARLY: 1.2.0 ended') },
  });
  expect(at('alive.healthy.running.weighing')).toMatchObject({
    says: expect.stringContaining('1.2.0 is marked bad: it ended before it was ready'),
    disk: { pointer: 'none', 'bad versions': '1.2.0' },
    window: '1.2.0 was left: it does not work here. The app runs 1.1.0',
  });
  expect(frames.at(-1)).toMatchObject({
    places: { launch: 'stopped', supervisor: 'runtime.stopped updates.off orders.none' },
    window: 'Nothing runs',
  });
  expect(films[0]?.summary).toContain('A run of app-runtime: stagedoor 0.1.0, Node v');
  expect(films[0]?.summary).toContain('1.2.0 is marked bad');

  // Each step that leads somewhere is explained, by an arrow of the pictures wherever there is one.
  const moves = frames.filter(({ chart, places }, index) => {
    const before = frames[index - 1]?.places;
    return (
      chart !== null && before !== undefined && before[chart] !== null && before[chart] !== places[chart]
    );
  });
  expect(moves.length).toBeGreaterThan(30);
  expect(moves.filter(({ edge }) => typeof edge !== 'string' || !edges.has(edge))).toEqual([]);
  expect(frames.filter(({ says }) => says === '' || says.includes(' leads to '))).toEqual([]);
  const times = frames.map(({ atMs }) => atMs ?? -1);
  expect(times.filter((time, index) => time < (times[index - 1] ?? 0))).toEqual([]);
});

test('P-39: the words know every arrow of the pictures, under the same name', () => {
  const known = Object.values(words).flatMap(({ moves }) =>
    Object.values(moves).flatMap(byEvent => Object.values(byEvent).flat()),
  );
  expect(new Set(known.filter(({ to }) => to !== null).map(({ edge }) => edge))).toEqual(edges);
});

test('P-39: runs of two processes, or of two shells in one, are films of their own; so is an order from the command line', async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const launcher = newLauncher(world);
  await launcher.start();
  await launcher.stop();
  const shell = newShell(world);
  await shell.start();
  expect(await shell.rollback()).toMatchObject({ outcome: 'rolled-back', from: '1.1.0' });
  await shell.forgive('1.1.0');
  await shell.stop();

  const { films, problems } = filmsOf(world);
  expect(problems).toEqual([]);
  expect(films).toHaveLength(2);
  expect(new Set(films.map(({ id }) => id)).size).toBe(2);
  for (const { id } of films) expect(id).toMatch(/^[a-z0-9-]+$/);
  expect(films[0]?.frames.some(({ chart }) => chart === 'supervisor')).toBe(false);
  expect(films[1]?.frames.find(({ by }) => by === 'order:rollback')).toMatchObject({
    chart: null,
    says: 'Rolled back by hand from 1.1.0 to 1.0.0.',
    disk: { 'bad versions': '1.1.0' },
  });
  expect(films[1]?.frames.find(({ by }) => by === 'order:forgive')?.disk).toMatchObject({
    'bad versions': 'none',
  });

  const order = {
    schema: 1,
    at: '2026-01-31T09:05:00.000Z',
    pid: 7,
    seq: 1,
    event: 'order:pin',
    version: '1.1.0',
  };
  const [film] = journalFilms([{ name: 'journal.jsonl', text: `${JSON.stringify(order)}\n` }], words).films;
  expect(film).toMatchObject({
    id: 'run-1-process-7',
    title: '2026-01-31 09:05 UTC, process 7',
    frames: [{ atMs: 0, chart: null, by: 'order:pin', says: '1.1.0 is pinned.', disk: { pin: '1.1.0' } }],
  });
});

test('P-39: a fact is shown with the step that tells it, and by itself where that is long ago or not there', () => {
  const line = { schema: 1, run: 'a', pid: 7 };
  const step = { ...line, event: 'chart.step', chart: 'launch', by: 'xstate.done.actor.probe' };
  const ready = { ...line, event: 'runtime:ready', version: '1.1.0' };
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 31) + seconds * 1000).toISOString();
  const lines = [
    { ...ready, at: at(0) },
    { ...step, at: at(1), state: 'alive.probing', by: 'runtime.spawned' },
    { ...step, at: at(2), state: 'alive.healthy.recordingReady' },
    { ...ready, at: at(2) },
    { ...ready, at: at(9) },
  ].map((each, index) => JSON.stringify({ ...each, seq: index + 1 }));
  const [film] = journalFilms([{ name: 'journal.jsonl', text: lines.join('\n') }], words).films;
  expect(film?.frames.map(({ atMs, chart, says }) => [atMs, chart, says])).toEqual([
    [0, null, '1.1.0 is ready.'],
    [1000, 'launch', 'Waits for the proof of health.'],
    [2000, 'launch', 'The probe passed. 1.1.0 is ready.'],
    [9000, null, '1.1.0 is ready.'],
  ]);
});
