import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateMachine } from '#machines/update.js';
import { stagingInWorker } from '#src/staging/worker-effects.js';
import { transitionsOf } from '../support/charts/coverage.ts';
import { isFull, ran } from '../support/proof/run.ts';
import { coverOf, pathOf, realPaths, unpacked, verified } from '../support/updating/paths.ts';
import { createReplay, type Replay } from '../support/updating/real-replay.ts';

const committed = [...verified, 'commitPointer committed'];
const some = () => [
  pathOf('update.schedule', ...committed, 'update.stage', 'checkRegistry alreadyStaged'),
  pathOf(...unpacked, 'update.cancel', 'cleanScratch', ...verified, 'commitPointer overtaken'),
  pathOf(
    ...verified,
    'commitPointer fails',
    'cleanScratch',
    'update.stage',
    'checkRegistry adoptable',
    'adoptFolder',
  ),
  pathOf('update.stage', 'checkRegistry available', 'download fails, retryable', 'cleanScratch', ...verified),
];

describe('the update chart on effects in their own thread, as shipped', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await createReplay(stagingInWorker);
  });
  afterAll(() => replay.close());

  it('U-06, S-07, P-25: they deliver what the same effects do in the process, and the store breaks no rule', async ({
    task,
  }) => {
    const cover = isFull ? coverOf(realPaths()) : [];
    for (const path of [...some(), ...cover]) await replay.walk(path);
    const { coverage, counts } = replay;
    ran({ task }, counts.paths, 'paths');
    ran({ task }, counts.steps, 'steps');
    const all = transitionsOf(updateMachine);
    console.log(
      `update in a thread: ${counts.paths} paths, ${coverage.transitions.size} of ${all.length} transitions`,
    );
    if (isFull) expect(all.filter(key => !coverage.transitions.has(key))).toEqual([]);
  });
});
