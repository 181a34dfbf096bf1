import { expect, test } from 'vitest';
import { createStagedoor } from '#src/index.js';
import { recordTrusted } from '#src/store/health.js';
import { readTreeList } from '#src/store/tree-list.js';
import { fs } from '../support/app-world.ts';
import { diceFor } from '../support/kills/dice.ts';
import { killAt, momentIn, momentText, timelineOf } from '../support/kills/moments.ts';
import { expectIntact } from '../support/kills/next-start.ts';
import { expectGoodStart, expectRecovery, newTrack } from '../support/kills/update-kills.ts';
import { startVictim } from '../support/kills/victim.ts';
import { registryForTest } from '../support/loopback.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

test('P-13: a store stays bounded over many updates of which every third is killed', async ({
  task,
  onTestFinished,
}) => {
  const dice = diceFor('updates');
  const track = await newTrack(await registryForTest());
  const { options, layout } = track.world;
  track.offer();
  const timeline = await timelineOf(startVictim('update', options));
  const stagedoor = createStagedoor(options);
  onTestFinished(() => stagedoor.stop());
  const updates = share(4, 200);
  let killed = 0;
  for (let update = 1; update <= updates; update += 1) {
    const offered = track.offer();
    const old = track.pointed() ?? 'none';
    let situation = `update ${update}, ${old} → ${offered}`;
    if (update % 3 === 0) {
      const moment = momentIn(timeline, dice);
      killed += (await killAt(startVictim('update', options), moment)) ? 1 : 0;
      situation = `${situation}, killed ${momentText(moment)}`;
    } else {
      expect(await stagedoor.update(), situation).toMatchObject({ outcome: 'staged', version: offered });
    }
    await expectGoodStart(track, { old, offered, situation, real: false });
    if (dice.below(4) === 0) {
      const version = track.pointed() ?? 'none';
      const tree = readTreeList(fs, layout.version(version))?.digest ?? null;
      await recordTrusted(fs, layout, { version, tree });
    }
    if (update % 20 === 0) await expectIntact(track.world, situation);
  }
  if (isFull) await expectRecovery(track, 'after all updates');
  ran({ task }, updates, 'updates');
  ran({ task }, killed, 'real kills');
});
