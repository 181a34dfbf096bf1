import { describe, expect, test } from 'vitest';
import { nodeOfMajor } from '../../../examples/demo/real-packages.ts';
import { guardedWorld, throughTricks } from '../../support/core-lock/guarded-world.ts';
import { layTricks } from '../../support/core-lock/tricks.ts';

/** The Nodes that can be had, by their majors. */
const nodes = new Map<string, string>([[process.versions.node.split('.')[0] ?? '', process.execPath]]);
for (const major of [22, 24]) {
  const node = await nodeOfMajor(major).catch(() => null);
  if (node === null) console.warn(`Node ${major} is not tested: it can't be had`);
  else nodes.set(String(major), node);
}

const matching = (
  expected: Readonly<Record<string, string | RegExp>>,
  got: Readonly<Record<string, unknown>>,
) =>
  Object.entries(expected)
    .filter(([title, wanted]) => {
      const text = String(typeof got[title] === 'object' ? JSON.stringify(got[title]) : got[title]);
      return typeof wanted === 'string' ? text !== wanted : !wanted.test(text);
    })
    .map(([title, wanted]) => ({ title, wanted: String(wanted), got: got[title] }));

describe.each([...nodes.keys()])('Node %s', major => {
  test.each([
    ['nothing', false],
    ['other copies', true],
  ])(
    'P-36: with %s above, whatever a plugin tries, it gets the runtime’s copy, or an error that says so',
    async (_, above) => {
      const world = await guardedWorld({ above });
      const { files, expected, harmless } = layTricks(world, above);
      const node = nodes.get(major) ?? '';
      const told = throughTricks(world, node, files);
      for (const where of ['main', 'worker', 'forked'] as const)
        expect({ where, wrong: matching(expected, told[where]) }).toEqual({ where, wrong: [] });
      // Without a guard each trick works: none is there in vain.
      const unguarded = throughTricks(world, node, files, { options: [] }).main;
      const inVain = Object.keys(expected).filter(
        title => !matching(expected, unguarded).some(one => one.title === title),
      );
      expect(inVain).toEqual(harmless);
    },
  );
});
