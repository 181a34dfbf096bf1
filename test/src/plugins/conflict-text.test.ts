import { expect, test } from 'vitest';
import type { Ecosystem, PluginConflict } from '#machines/contract.js';
import { refusedBecause } from '#src/cli/plugin/refusal-text.js';
import { conflictAdvice, conflictText } from '#src/plugins/conflict-text.js';

const conflict = (part: Partial<PluginConflict>): PluginConflict => ({
  ...{
    as: 'react',
    name: 'react',
    range: '^19',
    chain: ['chart@2.0.0'],
    reason: 'version',
    locked: '18.3.1',
  },
  ...part,
});

type Case = readonly [PluginConflict, text: string, advice: string, ecosystem?: Ecosystem];

const update = 'update the runtime, or add a version of the plugin that takes react 18.3.1';
const without = 'add a version of the plugin that does without it';
const cases: readonly Case[] = [
  [conflict({}), 'chart@2.0.0 needs react ^19, the runtime has react 18.3.1', update],
  [
    conflict({ chain: ['chart@2.0.0', 'core@3.1.0', 'deep@0.1.0'] }),
    'chart@2.0.0 needs react ^19 (through core@3.1.0 > deep@0.1.0), the runtime has react 18.3.1',
    update,
  ],
  [
    conflict({ as: 'old-react', range: '^17' }),
    'chart@2.0.0 needs react ^17 as old-react, the runtime has react 18.3.1',
    update,
  ],
  [
    conflict({ name: 'leaf', range: '^1', holder: 'react', locked: '18.2.0' }),
    'chart@2.0.0 needs leaf ^1 as react, the runtime has react 18.2.0 under that name',
    'add a version of the plugin that takes react 18.2.0 as react, or does without it',
  ],
  [
    conflict({ range: '^17', holder: '@preact/compat', locked: '17.1.2' }),
    'chart@2.0.0 needs react ^17, the runtime has @preact/compat 17.1.2 under that name',
    'add a version of the plugin that takes @preact/compat 17.1.2 as react, or does without it',
  ],
  [
    conflict({ name: 'leaf', range: '^1', holder: 'react', reason: 'joined' }),
    "chart@2.0.0 needs leaf ^1 as react, and the runtime has react 18.3.1 in a file of its own, where it can't be shared",
    'keep react out of the file of the runtime (external to its bundler), and write the lock anew',
  ],
  [
    conflict({ locked: null, range: '' }),
    'chart@2.0.0 needs react, the runtime does not have it',
    'add the plugin again, so that it brings its own, or remove it',
  ],
  [
    conflict({ as: 'React', name: 'React', range: '*', reason: 'look-alike' }),
    'chart@2.0.0 needs React, whose name differs in case only from that of a package of the runtime (18.3.1)',
    without,
  ],
  [
    conflict({
      as: 'leaf',
      name: 'leaf',
      range: '@ https://a.test/leaf.whl',
      reason: 'address',
      locked: null,
    }),
    'chart@2.0.0 needs leaf by an address in place of the index: https://a.test/leaf.whl',
    'add a version of the plugin that does without it, or ask its publisher to name a version of the index',
  ],
  [
    conflict({ range: '@ https://a.test/react.whl', reason: 'address' }),
    'chart@2.0.0 needs react by an address in place of the index: https://a.test/react.whl (the runtime has react 18.3.1)',
    'add a version of the plugin that does without it, or ask its publisher to name a version of the index',
  ],
  [
    conflict({
      as: 'common',
      name: 'common',
      range: '2.0',
      reason: 'beside',
      locked: '1.0',
      beside: 'pa@1.0',
    }),
    'chart@2.0.0 brings common 2.0, and the plugin pa@1.0 common 1.0: only one of them could be imported',
    'add a version of it that goes with the other plugin, or remove python:pa',
    'python',
  ],
  [
    conflict({ name: 'chart', range: '2.0.0', reason: 'beside', locked: '1', holder: 'grid', beside: 'b@1' }),
    'chart@2.0.0 brings the module react of chart 2.0.0, and the plugin b@1 the module react of grid 1: only one of them could be imported',
    'add a version of it that goes with the other plugin, or remove python:b',
    'python',
  ],
  [
    conflict({ as: 'fs', name: 'fs', range: '1.0.0', reason: 'built-in', locked: null }),
    'chart@2.0.0 needs fs 1.0.0, and Node has a module of this name',
    without,
  ],
  [
    conflict({
      as: 'json',
      name: 'helper',
      range: '',
      chain: ['a@1', 'helper@2'],
      reason: 'built-in',
      locked: null,
    }),
    'a@1 brings the module json (through helper@2), and Python has a module of this name',
    without,
    'python',
  ],
  [
    conflict({ reason: 'joined' }),
    "chart@2.0.0 needs react ^19, and the runtime has react 18.3.1 in a file of its own, where it can't be shared",
    'keep react out of the file of the runtime (external to its bundler), and write the lock anew',
  ],
  [
    conflict({ as: 'chart', name: 'chart', range: '2.0.0', locked: '3.0.0' }),
    'chart@2.0.0 is a plugin, and the runtime has chart 3.0.0 of its own',
    'remove the plugin',
  ],
];

test.for(cases)(
  'P-39: a conflict says plugin, package, versions and the way out: %#',
  ([one, text, advice, ecosystem]) => {
    expect(conflictText(one, ecosystem ?? 'npm')).toBe(text);
    expect(conflictAdvice(one)).toBe(advice);
  },
);

test.each<readonly [readonly PluginConflict['reason'][], string | null, string]>([
  [['version'], '1.0.0', 'it does not go with the runtime 1.0.0'],
  [['joined'], null, 'it does not go with the runtime'],
  [['beside', 'beside'], '1.0.0', 'it does not go with another plugin'],
  [['address'], '1.0.0', 'it needs what is taken from no address'],
  [['beside', 'version'], '1.0.0', 'it does not go with the runtime 1.0.0'],
])('K-05: a refusal for %j says what the plugin does not go with', (reasons, runtime, text) => {
  expect(refusedBecause({ runtime, conflicts: reasons.map(reason => conflict({ reason })) })).toBe(text);
});
