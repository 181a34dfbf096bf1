import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pluginInstallMachine } from '#machines/plugin-install.js';
import type { PluginEffects } from '#src/plugins/effects.js';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';
import { cover, transitionsAlong } from '../support/charts/cover.ts';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, follow } from '../support/charts/exploration.ts';
import { explorationOf, type Worded } from '../support/plugin-paths/model.ts';
import { walk, wordsOf } from '../support/plugin-paths/walk.ts';
import { publishPlugins, wanted } from '../support/plugin-paths/world.ts';
import { isFull, ran } from '../support/proof/run.ts';

const inputs = (['add', 'remove'] as const).map(task => ({ task, wish: wanted }));

const found = inputs.flatMap(input =>
  explore(pluginInstallMachine, explorationOf(input)).map(way => ({ input, way })),
);
type Walked = (typeof found)[number] & { readonly midway?: boolean };

const few = new Set(
  inputs.flatMap(input => {
    const ways = found.filter(one => one.input === input).map(({ way }) => way);
    return cover(ways, way => transitionsAlong(pluginInstallMachine, input, way));
  }),
);

/** A cancel may come before an effect has begun, and in its middle. */
const paths = (isFull ? found : found.filter(({ way }) => few.has(way))).flatMap((one): Walked[] =>
  wordsOf(one.way).includes('cancel') ? [false, true].map(midway => ({ ...one, midway })) : [one],
);

describe('every path of the chart of plugins on real effects', () => {
  const coverage = createCoverage();
  let folder: string;
  let registry: LoopbackRegistry;
  let walks = 0;

  const walkOne = (
    { input, way, midway = false }: Walked,
    mutate?: (effects: PluginEffects) => Partial<PluginEffects>,
  ): Promise<string[]> => {
    walks += 1;
    const dir = path.join(folder, `walk-${walks}`);
    const options = { dir, registry, coverage, midway };
    return walk(input, way, mutate === undefined ? options : { ...options, mutate });
  };
  const pathOf = (task: 'add' | 'remove', words: readonly string[]): Walked => {
    const input = { task, wish: wanted };
    const way = follow(
      pluginInstallMachine,
      explorationOf(input),
      (events, at) => events.find(event => (event as Worded).word === words[at]) ?? null,
    );
    if (way.length < words.length) throw new Error(`no path ${words.join(' → ')}`);
    return { input, way };
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-plugin-paths-'));
    registry = await startRegistry();
    publishPlugins(registry);
  });
  afterAll(async () => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('K-05, K-06, K-07, P-08, P-13, S-07: on every edge the effects deliver what the chart expects, and nothing is left', async ({
    task,
  }) => {
    const wrong: string[] = [];
    for (const one of paths) {
      wrong.push(...(await walkOne(one)));
      if (wrong.length >= 5) break;
    }
    expect(wrong).toEqual([]);
    ran({ task }, paths.length, 'paths of plugins on real effects');
    console.log(
      `plugins: ${paths.length} walks along ${found.length} paths, ${coverage.transitions.size} of ${transitionsOf(pluginInstallMachine).length} transitions on real effects`,
    );
  });

  test('charts: every state and every transition of the chart of plugins is taken on real effects', () => {
    expect(statesOf(pluginInstallMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(pluginInstallMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });

  const begun = ['new', 'fits'];
  const staged = [...begun, 'downloadPlugin', 'stagePlugin', 'verified'];
  const mutants: readonly [
    string,
    (effects: PluginEffects) => Partial<PluginEffects>,
    readonly string[],
    RegExp,
  ][] = [
    [
      'a clean-up that does nothing',
      () => ({ clean: async () => undefined }),
      [...begun, 'downloadPlugin', 'stagePlugin fails', 'cleanPlugin'],
      /S-07: .* is left behind/,
    ],
    [
      'a commit that commits nothing',
      () => ({ commit: async () => ({ replaced: null }) }),
      [...staged, 'the first'],
      /K-05: null is installed, and 1\.2\.0 is due/,
    ],
    [
      'a removal that removes nothing',
      () => ({ remove: async () => ({ removed: '1.1.0' }) }),
      ['removed'],
      /K-05: 1\.1\.0 is installed, and null is due/,
    ],
    [
      'a comparison that admits everything',
      () => ({ compare: async () => ({ shared: [], conflicts: [] }) }),
      ['new', 'conflicts'],
      /the chart is at/,
    ],
    [
      'a download that takes whatever bytes come',
      () => ({ download: async () => undefined }),
      [...begun, 'downloadPlugin fails'],
      /downloadPlugin was fulfilled/,
    ],
    [
      'a staging that hears nothing of what an archive asks for',
      effects => ({
        stage: async (draft, signal) => {
          await effects.stage(draft, signal);
          return { conflicts: [] };
        },
      }),
      [...begun, 'downloadPlugin', 'hidden'],
      /the chart is at/,
    ],
    [
      'a look at the tree that sees nothing',
      () => ({ verify: async () => ({ tree: 'any', stripped: [] }) }),
      [...begun, 'downloadPlugin', 'stagePlugin', 'verifyPlugin fails'],
      /verifyPlugin was fulfilled/,
    ],
    [
      'a plugin that is always new',
      effects => ({
        resolve: async (wish, signal) => ({ ...(await effects.resolve(wish, signal)), present: false }),
      }),
      ['present', 'fits'],
      /the chart is at/,
    ],
  ];
  test.each(mutants)('tests: the replay notices %s', async (_, mutate, words, complaint) => {
    const task = words.includes('removed') ? 'remove' : 'add';
    expect((await walkOne(pathOf(task, words), mutate)).join('\n')).toMatch(complaint);
  });
});
