import { expect, test } from 'vitest';
import { diceFor } from '../support/kills/dice.ts';
import { killAt, momentIn, momentText, timelineOf } from '../support/kills/moments.ts';
import { expectGoodStart, expectRecovery, isRealTurn, newTrack } from '../support/kills/update-kills.ts';
import { startVictim } from '../support/kills/victim.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran, share } from '../support/proof/run.ts';

const perStore = 20;

test('P-01: an update killed at a random moment leaves the old good or the new good version', async ({
  task,
}) => {
  const dice = diceFor('moments');
  const wanted = share(3, 120);
  let killed = 0;
  for (let store = 1; killed < wanted; store += 1) {
    const registry = await registryForTest();
    const track = await newTrack(registry);
    track.offer();
    const timeline = await timelineOf(startVictim('update', track.world.options));
    expect(timeline.map(({ after }) => after)).toContain('working.committingPointer');
    for (let turn = 1; turn <= perStore && killed < wanted; turn += 1) {
      const offered = track.offer();
      const old = track.pointed() ?? 'none';
      const moment = momentIn(timeline, dice);
      const done = await killAt(startVictim('update', track.world.options), moment);
      killed += done ? 1 : 0;
      const situation = `store ${store}, turn ${turn}: killed ${momentText(moment)}, ${old} → ${offered}`;
      await expectGoodStart(track, { old, offered, situation, real: isRealTurn(dice) });
    }
    await expectRecovery(track, `store ${store}, after its kills`);
  }
  ran({ task }, killed, 'real kills');
});
