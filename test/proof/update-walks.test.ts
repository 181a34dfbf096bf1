import { afterAll, beforeAll, describe, it } from 'vitest';
import { ran, seed, share } from '../support/proof/run.ts';
import { longWalks } from '../support/updating/paths.ts';
import { createReplay, type Replay } from '../support/updating/real-replay.ts';

describe('long walks of the update chart on real effects', () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await createReplay();
  });
  afterAll(() => replay.close());

  it('U-06, P-08, P-26: run after run in one store, what would be launched is what was published, and no good version is marked', async ({
    task,
  }) => {
    for (const path of longWalks(seed, share(3, 120))) await replay.walk(path);
    const { paths, steps } = replay.counts;
    ran({ task }, paths, 'long walks');
    ran({ task }, steps, 'steps');
  });
});
