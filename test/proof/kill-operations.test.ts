import { test } from 'vitest';
import { killAtOperations } from '../support/kills/operation-kills.ts';
import { expectGoodStart, expectRecovery, isRealTurn, newTrack } from '../support/kills/update-kills.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran } from '../support/proof/run.ts';

test('P-01: an update killed at each of its operations leaves the old good or the new good version', async ({
  task,
}) => {
  const registry = await registryForTest();
  const killed = await killAtOperations(
    {
      program: 'update-steps',
      prepare: async () => {
        const track = await newTrack(registry);
        track.offer();
        return track;
      },
      optionsOf: ({ world }) => world.options,
      check: async (track, situation, dice) => {
        const real = isRealTurn(dice);
        await expectGoodStart(track, { old: '1.1.0', offered: '1.2.0', situation, real });
        if (real) await expectRecovery(track, situation);
      },
    },
    2,
  );
  ran({ task }, killed, 'real kills');
});
