import { describe, expect, test } from 'vitest';
import { pluginConflicts } from '#src/plugins/checking.js';
import { conflictAdvice, conflictText } from '#src/plugins/conflict-text.js';
import { comparePythonDemands } from '#src/plugins/python/comparison.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { lockWith } from '../../../support/natives/python-plugins.ts';
import { installCompiled } from '../../../support/plugins/compiled-plugin.ts';

const provider = {
  compare: async (...asked: Parameters<typeof comparePythonDemands>) => comparePythonDemands(...asked),
};

/** A plugin of which these modules and distributions were left out. */
const plugin = async (stripped: readonly string[]) => ({
  ...(await installCompiled(temporaryFolder(), { 'site-packages/chart.py': '' }, null, 'python')),
  stripped,
});

const before = { pyyaml: ['6.0', 'yaml'], 'google-auth': ['2.0', 'google.auth'] } as const;

describe('K-05: what was left out of a plugin of Python and is gone from the runtime is told', () => {
  test.each<readonly [string, Parameters<typeof lockWith>[0], readonly string[]]>([
    ['all is as it was', before, []],
    ['nothing of it is there', {}, ['google', 'google.auth', 'pyyaml', 'yaml']],
    ['a module is gone', { ...before, pyyaml: ['7.0', 'yaml7'] }, ['yaml']],
    ['a part of a namespace is gone', { ...before, 'google-auth': ['3.0', 'google.login'] }, ['google.auth']],
    ['the whole of it is a package now', { ...before, 'google-auth': ['3.0', 'google'] }, []],
  ])('%s', async (_, packages, gone) => {
    const conflicts = await pluginConflicts(
      await plugin(['google', 'google.auth', 'pyyaml', 'yaml']),
      lockWith(packages),
      provider,
    );
    expect(conflicts).toEqual(
      gone.map(name => ({
        ...{ as: name, name, range: '', chain: ['chart@1.0.0'], reason: 'version', locked: null },
      })),
    );
  });

  test('once, where it is asked for as well, and with the way out', async () => {
    const demand = { as: 'Google_Auth', name: 'Google_Auth', range: '>=2', chain: ['chart@1.0.0'] };
    const one = { ...(await plugin(['google-auth'])), demands: [demand] };
    const conflicts = await pluginConflicts(one, lockWith({}), provider);
    expect(conflicts.map(each => `${conflictText(each, 'python')}: ${conflictAdvice(each)}`)).toEqual([
      'chart@1.0.0 needs Google_Auth >=2, the runtime does not have it: add the plugin again, so that it brings its own, or remove it',
    ]);
  });
});
