import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Layout } from '#src/store/layout.js';
import { commitPointer, readPointer } from '#src/store/pointer.js';
import { orphanedTemporaries, sweepScratch } from '#src/store/scratch.js';
import { freshStore, fs } from '../src/store/fresh-store.ts';
import { type Dice, diceFor } from '../support/kills/dice.ts';
import { startVictim, type Victim } from '../support/kills/victim.ts';
import { ran, share } from '../support/proof/run.ts';

/** A process in the middle of its commits. */
const writerIn = async (layout: Layout, dice: Dice): Promise<Victim> => {
  const writer = startVictim('store-writer', { root: layout.root, version: '1.1.0' });
  const enough = 1 + dice.below(5);
  await writer.says(({ seq }) => typeof seq === 'number' && seq >= enough);
  return writer;
};

const lastSeq = ({ said }: Victim): number => Number(said.at(-1)?.line.seq ?? 0);

/** Commits from here, and how long that took. */
const commitHere = async (layout: Layout): Promise<{ readonly seq: number; readonly tookMs: number }> => {
  const start = performance.now();
  const { seq } = await commitPointer(fs, layout, { version: '1.2.0', tree: null });
  return { seq, tookMs: performance.now() - start };
};

test('P-33: a writer killed with the lock in its hand blocks nobody for a second, and loses no commit', async ({
  task,
}) => {
  const dice = diceFor('dead holders');
  const kills = share(3, 350);
  for (let kill = 1; kill <= kills; kill += 1) {
    const layout = freshStore();
    const writer = await writerIn(layout, dice);
    await pause(dice.below(6));
    // In half of them somebody waits already.
    const early = dice.below(2) === 0 ? commitHere(layout) : null;
    expect(await writer.kill()).toBe(true);
    const { seq, tookMs } = await (early ?? commitHere(layout));
    const situation = `kill ${kill}: after ${lastSeq(writer)} commits, ${early === null ? 'nobody' : 'we'} waited`;
    expect(tookMs, situation).toBeLessThan(1_000);
    if (early === null) expect(seq, situation).toBeGreaterThan(lastSeq(writer));
    expect(readPointer(fs, layout), situation).toMatchObject({ kind: 'valid' });
    await sweepScratch(fs, layout);
    expect(orphanedTemporaries(fs, layout), situation).toEqual([]);
  }
  ran({ task }, kills, 'real kills');
});

test('P-33: a writer that sleeps is passed by, and goes on when it wakes', async ({ task }) => {
  const dice = diceFor('sleeping holders');
  const stops = share(1, 20);
  for (let stop = 1; stop <= stops; stop += 1) {
    const layout = freshStore();
    const writer = await writerIn(layout, dice);
    await pause(dice.below(6));
    writer.signal('SIGSTOP');
    const { seq, tookMs } = await commitHere(layout);
    const situation = `stop ${stop}: it slept after ${lastSeq(writer)} commits`;
    // A second of patience, and what the commit itself takes beside other work.
    expect(tookMs, situation).toBeLessThan(2_500);
    writer.signal('SIGCONT');
    const next = await writer.says(line => Number(line.seq) > seq);
    expect(next, `${situation}: ${writer.stderr()}`).not.toBeNull();
    expect(await writer.kill()).toBe(true);
    expect(readPointer(fs, layout), situation).toMatchObject({ kind: 'valid' });
  }
  ran({ task }, stops, 'stops');
});
