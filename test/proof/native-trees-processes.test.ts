import { expect, test } from 'vitest';
import { awaitOther, claimScratch } from '#src/natives/trees/claim.js';
import { findTree } from '#src/natives/trees/find.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { Layout } from '#src/store/layout.js';
import { liveScratch, sweepScratch } from '#src/store/scratch.js';
import { startVictim, type Victim } from '../support/kills/victim.ts';
import { differenceOf } from '../support/native-trees/contents.ts';
import { install, never, stamp, tag } from '../support/native-trees/installation.ts';
import { emptyTrees, expectGood, expectTidy } from '../support/native-trees/tree-world.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

const installer = ({ root }: Layout, killAt = 0, holds = false): Victim =>
  startVictim('tree-installer', { root, killAt, holds });

/** All at once; what each said last. */
const together = async (layout: Layout, count: number): Promise<unknown[]> => {
  const all = Array.from({ length: count }, () => installer(layout));
  await Promise.all(all.map(({ ended }) => ended));
  for (const one of all) expect(one.stderr()).toBe('');
  return all.map(({ said }) => said.at(-1)?.line);
};

test.for([2, 8])(
  'P-32, P-35: of %i processes that install one tree at once, one does the work, and all have the same whole tree',
  async (count, { task }) => {
    for (let round = 0; round < share(1, 10); round += 1) {
      const layout = emptyTrees();
      const ends = await together(layout, count);
      const tree = { tag, stamp, names: ['fast-part'] };
      expect(ends).toEqual(ends.map(() => expect.objectContaining({ tree })));
      expect(ends.filter(end => JSON.stringify(end).includes('"by":"us"'))).toHaveLength(1);
      expect(differenceOf(layout, stamp)).toBeNull();
      expectTidy(layout, [], `${count} processes`);
      ran({ task }, count, 'processes');
    }
  },
);

test('P-33, P-35: a claim ends with its process: who waits for it goes on', async ({ task }) => {
  const layout = emptyTrees();
  const holder = installer(layout, 0, true);
  await holder.says(({ claimed }) => claimed === true);
  expect(liveScratch(nodeFileSystem, layout)).toHaveLength(1);
  expect(await claimScratch(nodeFileSystem, layout, { tag, stamp }, never)).toBeNull();
  const waiting = awaitOther(nodeFileSystem, layout, stamp, never);
  expect(await holder.kill()).toBe(true);
  await waiting;
  expect(await install(nodeFileSystem, layout)).toMatchObject({ by: 'us', tree: { stamp } });
  expectTidy(layout, [], 'after the holder was killed');
  ran({ task }, 1, 'real kills');
});

/** Kills one installation at an operation, for real; false if it had fewer. */
const killedAt = async (point: number): Promise<boolean> => {
  const layout = emptyTrees();
  const victim = installer(layout, point);
  const { signal } = await victim.ended;
  if (signal !== 'SIGKILL') {
    expect(victim.stderr(), `operation ${point}`).toBe('');
    return false;
  }
  const situation = `killed at ${JSON.stringify(victim.said.at(-1)?.line)}`;
  const found = await findTree(nodeFileSystem, layout, { tag, stamp });
  if (found !== null) expect(differenceOf(layout, stamp), situation).toBeNull();
  await expectGood(layout, situation);
  await sweepScratch(nodeFileSystem, layout);
  expectTidy(layout, [], situation);
  return true;
};

test('P-01, P-35: a process that is killed at any of its operations leaves a whole tree or none', async ({
  task,
}) => {
  const counting = installer(emptyTrees());
  await counting.ended;
  const total = Number(counting.said.at(-1)?.line.operations);
  expect(total, counting.stderr()).toBeGreaterThan(20);
  let killed = 0;
  for (let point = 1; point <= total; point += isFull ? 1 : Math.ceil(total / 4))
    killed += (await killedAt(point)) ? 1 : 0;
  expect(killed).toBeGreaterThanOrEqual(isFull ? total * 0.9 : 3);
  ran({ task }, killed, 'real kills');
});
