import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativesMachine } from '#machines/natives.js';
import type { NativesEffects } from '#src/natives/effects.js';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';
import { cover, transitionsAlong } from '../support/charts/cover.ts';
import { createCoverage, statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { explore, follow } from '../support/charts/exploration.ts';
import { nativesInputs } from '../support/charts/natives-events.ts';
import { fittingFile } from '../support/natives/cross-files.ts';
import { explorationOf, type Worded } from '../support/natives-paths/model.ts';
import { walk } from '../support/natives-paths/walk.ts';
import { createWorld, ptyPackage, stamp } from '../support/natives-paths/world.ts';
import { isFull, ran } from '../support/proof/run.ts';

const hasFile = existsSync(fittingFile());
if (!hasFile) console.log('skipped: real trees, because there is no module for this system');

/** Who prepares: of what nobody can judge, too, a tree is made. */
const inputs = nativesInputs.map(input => ({ ...input, subject: { candidate: null } }));

const found = inputs.flatMap(input =>
  explore(nativesMachine, explorationOf(input)).map(way => ({ input, way })),
);
const few = new Set(
  inputs.flatMap(input => {
    const ways = found.filter(one => one.input === input).map(({ way }) => way);
    return cover(ways, way => transitionsAlong(nativesMachine, input, way));
  }),
);
const paths = isFull ? found : found.filter(({ way }) => few.has(way));

describe.runIf(hasFile)('every path of the chart of natives on real effects', () => {
  const coverage = createCoverage();
  const before = process.env.XDG_CACHE_HOME;
  let folder: string;
  let registry: LoopbackRegistry;
  let template: string | null = null;
  let walks = 0;

  const walkOne = (
    { input, way }: (typeof found)[number],
    mutate?: (effects: NativesEffects) => Partial<NativesEffects>,
  ): Promise<string[]> => {
    walks += 1;
    const dir = path.join(folder, `walk-${walks}`);
    const options = { dir, registry, coverage, template, midway: walks % 2 === 0 };
    return walk(input, way, mutate === undefined ? options : { ...options, mutate });
  };
  const pathOf = (...words: readonly string[]): (typeof found)[number] => {
    const [input] = inputs;
    if (input === undefined) throw new Error('no input');
    const way = follow(
      nativesMachine,
      explorationOf(input),
      (events, at) => events.find(event => (event as Worded).word === words[at]) ?? null,
    );
    if (way.length < words.length) throw new Error(`no path ${words.join(' → ')}`);
    return { input, way };
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-natives-paths-'));
    registry = await startRegistry();
    registry.publish(ptyPackage);
    // What a first install leaves, to be laid where a path finds a tree.
    const world = createWorld(path.join(folder, 'first'), registry, 'pinned', null);
    const target = { subject: { candidate: null }, tag: (await world.effects.ask()) ?? '' };
    const { signal } = new AbortController();
    const scratch = (await world.effects.claim(target, signal)) ?? '';
    const draft = { tag: target.tag, scratch };
    await world.effects.fetch(draft, signal);
    await world.effects.commit(draft, signal);
    template = path.join(folder, 'template');
    cpSync(world.layout.version(stamp), template, { recursive: true, preserveTimestamps: true });
    await world.close();
  });
  afterAll(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('N-04, N-05, N-06, N-07, P-10, S-07: on every edge the effects deliver what the chart expects, and nothing is left', async ({
    task,
  }) => {
    const wrong: string[] = [];
    for (const one of paths) {
      wrong.push(...(await walkOne(one)));
      if (wrong.length >= 5) break;
    }
    expect(wrong).toEqual([]);
    ran({ task }, paths.length, 'paths of natives on real effects');
    console.log(
      `natives: ${paths.length} of ${found.length} paths, ${coverage.transitions.size} of ${transitionsOf(nativesMachine).length} transitions on real effects`,
    );
  });

  test('charts: every state and every transition of the chart of natives is taken on real effects', () => {
    expect(statesOf(nativesMachine).filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitionsOf(nativesMachine).filter(key => !coverage.transitions.has(key))).toEqual([]);
  });

  const begun = ['said', 'pinned', 'no tree', 'claimed'];
  const mutants: readonly [
    string,
    (effects: NativesEffects) => Partial<NativesEffects>,
    readonly string[],
    RegExp,
  ][] = [
    [
      'a clean-up that does nothing',
      () => ({ clean: async () => undefined }),
      [...begun, 'fetchNatives fails', 'cleanTree'],
      /S-07: .* is left behind/,
    ],
    [
      'a commit that commits nothing',
      ({ find }) => ({
        commit: async ({ tag }) =>
          (await find({ subject: { candidate: null }, tag })) ?? { tag, stamp, names: ['pty'] },
      }),
      [...begun, 'fetchNatives', 'loaded', 'committed'],
      /a tree that is not there/,
    ],
    [
      'a proof that loads nothing',
      () => ({ prove: async () => ({ kind: 'loaded' }) }),
      [...begun, 'fetchNatives', 'refused'],
      /the chart is at/,
    ],
    [
      'a claim that everybody gets',
      effects => ({
        claim: async (target, signal) => (await effects.claim(target, signal)) ?? `${stamp}.partial/another`,
      }),
      ['said', 'pinned', 'no tree', 'another has it'],
      /the chart is at/,
    ],
    [
      'a fetch that takes whatever bytes come',
      () => ({ fetch: async () => undefined }),
      [...begun, 'fetchNatives fails'],
      /fetchNatives was fulfilled/,
    ],
  ];
  test.each(mutants)('tests: the replay notices %s', async (_, mutate, words, complaint) => {
    expect((await walkOne(pathOf(...words), mutate)).join('\n')).toMatch(complaint);
  });
});
