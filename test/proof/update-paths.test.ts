import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateMachine } from '#machines/update.js';
import { statesOf, transitionsOf } from '../support/charts/coverage.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';
import { coverOf, fitting, pathOf, realPaths, unpacked, verified } from '../support/updating/paths.ts';
import { createReplay, type Replay } from '../support/updating/real-replay.ts';
import type { Sabotage } from '../support/updating/run.ts';

/** Every transition once, and a share of the rest; in a full run all. */
const chosenPaths = () => {
  const all = realPaths();
  if (isFull) return all;
  const [some = []] = fc.sample(fc.shuffledSubarray([...all], { minLength: 10, maxLength: 10 }), {
    seed,
    numRuns: 1,
  });
  return [...coverOf(all), ...some];
};

describe('every path of the update chart on real effects', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await createReplay();
  });
  afterAll(() => replay.close());

  it('U-06, S-07, P-08, P-25: on every edge the effects deliver what the chart expects, and the store breaks no rule', async ({
    task,
  }) => {
    for (const one of chosenPaths()) await replay.walk(one);
    ran({ task }, replay.counts.paths, 'paths');
    ran({ task }, replay.counts.steps, 'steps');
  });

  it('U-06, P-25, P-26: every trouble that can be arranged ends as the chart expects, and marks no good version', async ({
    task,
  }) => {
    const missing = () => replay.rotation.unused();
    // Twice, because every other package that can't be unpacked is the disk's fault.
    for (let tries = 2 * missing().length; tries > 0 && missing().length > 0; tries -= 1) {
      await replay.visit(missing()[tries % missing().length] ?? '');
    }
    expect(missing()).toEqual([]);
    ran({ task }, replay.rotation.used.size, 'arrangements of the world');
  });

  it('charts: every state and every transition of the update chart is taken on real effects', () => {
    const { coverage, counts, rotation } = replay;
    const [states, transitions] = [statesOf(updateMachine), transitionsOf(updateMachine)];
    expect(states.filter(state => !coverage.states.has(state))).toEqual([]);
    expect(transitions.filter(key => !coverage.transitions.has(key))).toEqual([]);
    const { paths, steps } = counts;
    console.log(
      `update on real effects: ${paths} paths, ${steps} steps, ${coverage.transitions.size} of ${transitions.length} transitions, ${coverage.states.size} of ${states.length} states, ${rotation.used.size} arrangements of the world`,
    );
  });

  it('P-25: a registry that can not be reached is asked again with growing waits, and nothing changes until it answers', async () => {
    const refused = [
      'checkRegistry fails, retryable',
      'cleanScratch',
      'xstate.after.backoff.update.backingOff',
    ];
    const tries = Array.from({ length: 12 }, () => refused).flat();
    const staged = [
      'checkRegistry available',
      'download',
      'extract',
      'matchNatives open',
      'stageNatives',
      'verifyTree',
    ];
    await replay.walk(
      pathOf('update.schedule', 'update.stage', ...tries, ...staged, 'commitPointer committed'),
    );
  });

  const committed = [...verified, 'commitPointer committed'];
  const sabotages: readonly (readonly [string, readonly string[], RegExp, Sabotage])[] = [
    [
      'a clean-up that does nothing',
      [...unpacked, 'update.cancel', 'cleanScratch'],
      /S-07: .* is left behind/,
      effects => ({ ...effects, clean: async () => undefined }),
    ],
    [
      'a commit that writes nothing',
      committed,
      /U-06: the pointer is .* and must be /,
      effects => ({ ...effects, commit: async () => ({ kind: 'committed', seq: 2, superseded: null }) }),
    ],
    [
      'a commit before the tree was verified',
      verified,
      /U-06: /,
      effects => ({
        ...effects,
        verify: async (input, signal, report) => {
          const output = await effects.verify(input, signal, report);
          await effects.commit({ ...input, ...output }, signal);
          return output;
        },
      }),
    ],
    [
      'a verification that looks at nothing',
      [...fitting, 'stageNatives', 'verifyTree fails'],
      /it did not fail with TREE_DAMAGED/,
      effects => ({ ...effects, verify: async () => ({ tree: '0'.repeat(64) }) }),
    ],
  ];

  it.each(sabotages)('tests: the replay notices %s', async (_, wishes, complaint, sabotage) => {
    await expect(replay.walk(pathOf(...wishes), sabotage)).rejects.toThrow(complaint);
  });
});
