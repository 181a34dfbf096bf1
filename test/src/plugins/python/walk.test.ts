import { expect, test } from 'vitest';
import type { Need, PipReport } from '#src/plugins/python/report.js';
import { walk } from '#src/plugins/python/walk.js';

const need = (name: string, range = ''): Need => ({ name, extras: [], range, when: [''] });

const reportOf = (names: readonly string[]): PipReport => ({
  chosen: new Map(
    names.map(name => [name, { name, version: '1', integrity: null, direct: false, needs: [] }]),
  ),
});

/** An index that has some names, and what it was asked for. */
const indexWith = (has: (name: string) => boolean) => {
  const asked: (readonly string[])[] = [];
  const ask = async (requirements: readonly string[]) => {
    asked.push(requirements);
    const names = requirements.map(text => text.replace(/[<>=].*$/, ''));
    return names.every(has) ? reportOf(names) : null;
  };
  return { asked, ask };
};

test('K-05: what the index has not is found out in halves, and nothing is asked for twice or by an address', async () => {
  const { asked, ask } = indexWith(name => name !== 'gone');
  const needs = [
    need('a', '>=1'),
    need('gone'),
    need('A', '<9'),
    need('b', '===../x'),
    need('c', '@ file:///c'),
  ];
  const missing = needs.map(each => ({ need: each, chain: ['plugin@1'] }));
  const report = await walk(ask, 'plugin', () => missing);
  expect(new Set(report?.chosen.keys())).toEqual(new Set(['plugin', 'a', 'b']));
  expect(asked).toEqual([['plugin'], ['a>=1', 'gone', 'b'], ['a>=1', 'gone'], ['a>=1'], ['gone'], ['b']]);
});

test('K-05: a plugin that leads on for ever is asked about a bounded number of times', async () => {
  const { asked, ask } = indexWith(() => true);
  const report = await walk(ask, 'plugin', ({ chosen }) => [
    { need: need(`step-${chosen.size}`), chain: ['plugin@1'] },
  ]);
  expect([asked.length, report?.chosen.size]).toEqual([32, 32]);
  const lacking = indexWith(name => name === 'plugin');
  const many = Array.from({ length: 1000 }, (_, index) => ({
    need: need(`gone-${index}`),
    chain: ['plugin@1'],
  }));
  await walk(lacking.ask, 'plugin', () => many);
  expect(lacking.asked).toHaveLength(32);
  expect(lacking.asked[1]).toHaveLength(200);
});

test('K-05: without the plugin itself there is nothing to tell', async () => {
  expect(await walk(indexWith(() => false).ask, 'plugin', () => [])).toBeNull();
});
