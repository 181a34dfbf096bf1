import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { chartGraph } from '#visualizations/generate/chart-graph.js';
import { type Box, type ChartLayout, layOutChart } from '#visualizations/generate/chart-layout.js';
import { charts } from '#visualizations/generate/charts.js';
import { pictures } from '#visualizations/generate/pictures.js';
import { nodesOf } from '../support/charts/lint.ts';

const folder = fileURLToPath(new URL('../../visualizations/', import.meta.url));
const committed = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('the pictures of the charts', () => {
  let drawn: ReadonlyMap<string, string>;
  beforeAll(async () => {
    drawn = await pictures();
  });

  test('pictures: what is committed is what the charts give; npm run visualize writes it', () => {
    for (const [name, text] of drawn) expect(committed(name) === text, name).toBe(true);
  });

  test('pictures: nothing is committed that no chart gives', () => {
    const names = readdirSync(folder).filter(
      name => /\.(?:svg|mmd|json)$/.test(name) && !/^(?:tsconfig|storyboards)\.json$/.test(name),
    );
    expect(new Set(names)).toEqual(new Set(drawn.keys()));
  });

  test.each(charts.map(machine => [machine.id, machine] as const))(
    'pictures: the page of the viewer has the picture of %s',
    (id, { root }) => {
      const page = readFileSync(fileURLToPath(new URL('../../dist/viewer.html', import.meta.url)), 'utf8');
      const [, picture = ''] =
        new RegExp(`<template id="picture-${id}">(.*?)</template>`, 's').exec(page) ?? [];
      for (const state of nodesOf(root)) expect(picture).toContain(`data-state="${state.id}"`);
    },
  );

  test.each(charts.map(machine => [machine.id, machine] as const))(
    'pictures: the JSON of %s loads back into a chart with the same states',
    (id, machine) => {
      const loaded = createMachine(JSON.parse(committed(`${id}.json`)));
      expect(nodesOf(loaded.root).map(node => node.id)).toEqual(nodesOf(machine.root).map(node => node.id));
    },
  );
});

describe.each(charts.map(machine => [machine.id, machine] as const))('the layout of %s', (_, machine) => {
  const graph = chartGraph(machine);
  let layout: ChartLayout;
  beforeAll(async () => {
    layout = await layOutChart(graph);
  });

  test('pictures: every state and every arrow of the chart is there, each arrow with its label', () => {
    expect(new Set(layout.states.map(({ state }) => state.id))).toEqual(
      new Set(nodesOf(machine.root).map(node => node.id)),
    );
    expect(new Set(layout.edges.map(({ edge }) => edge.id))).toEqual(
      new Set(graph.edges.map(({ id }) => id)),
    );
    for (const { edge, label, points } of layout.edges) {
      expect(edge.label.join('').length, edge.id).toBeGreaterThan(0);
      expect(label.width, edge.id).toBeGreaterThan(0);
      expect(points.length, edge.id).toBeGreaterThan(1);
    }
  });

  test('pictures: no label lies over another one, or over a state without children', () => {
    const labels = layout.edges.map(({ edge, label }) => ({ id: edge.id, box: label }));
    const leaves = layout.states
      .filter(({ state }) => state.children.length === 0)
      .map(({ state, ...box }) => ({ id: state.id, box }));
    const collisions = labels.flatMap(({ id, box }, at) =>
      [...labels.slice(at + 1), ...leaves]
        .filter(other => overlap(box, other.box))
        .map(other => `${id} and ${other.id}`),
    );
    expect(collisions).toEqual([]);
  });
});
