import { cpSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { awaitOther, claimScratch } from '#src/natives/trees/claim.js';
import { ownToken } from '#src/process/identity.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { type Layout, newScratch } from '#src/store/layout.js';
import { liveScratch, sweepScratch } from '#src/store/scratch.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { makeDead } from '../../../support/faults/dead-writer.ts';
import { inSimulatedTime } from '../../../support/faults/simulated-time.ts';
import { install, never, stamp, tag } from '../../../support/native-trees/installation.ts';
import { emptyTrees } from '../../../support/native-trees/tree-world.ts';

const wanted = { tag, stamp };

test('P-32, P-35: of calls within one process one gets the claim, and another stamp is nobody else’s matter', async () => {
  const layout = emptyTrees();
  const claims = await Promise.all([1, 2, 3, 4].map(() => claimScratch(fs, layout, wanted, never)));
  expect(claims.filter(claim => claim !== null)).toHaveLength(1);
  expect(await claimScratch(fs, layout, { tag, stamp: '0.1.0-nother' }, never)).not.toBeNull();
});

test('P-35: installations within one process do the work once', async () => {
  const layout = emptyTrees();
  const all = await Promise.all([1, 2, 3].map(() => install(fs, layout)));
  expect(all.filter(({ by }) => by === 'us')).toHaveLength(1);
});

test('P-35: nothing is claimed where the tree has been finished since it was looked for', async () => {
  const layout = emptyTrees();
  await install(fs, layout);
  expect(await claimScratch(fs, layout, wanted, never)).toBeNull();
  expect(liveScratch(fs, layout)).toEqual([]);
});

/** What others do right before the folder of a claim is made: whoever got no lock in time looks and makes it at any moment. */
const claimAfter = (layout: Layout, others: () => void): Promise<string | null> => {
  const port = faultyFileSystem();
  let waiting = true;
  port.failAt(({ call, path }) => {
    if (waiting && call === 'mkdir' && path.startsWith(layout.partials(stamp))) {
      waiting = false;
      others();
    }
    return false;
  }, 'EIO');
  return claimScratch(port.fs, layout, wanted, never);
};

test('P-33, P-35: of two that make their folders at once, without the lock, none has the claim of the other', async () => {
  const layout = emptyTrees();
  const other = newScratch(stamp, ownToken());
  const claim = await claimAfter(layout, () => fs.mkdirSync(layout.partial(other), { recursive: true }));
  expect([claim, liveScratch(fs, layout)]).toEqual([null, [other]]);
});

test('P-33, P-35: nothing is claimed, without the lock, where the tree is finished right before', async () => {
  const [layout, finished] = [emptyTrees(), emptyTrees()];
  await install(fs, finished);
  const claim = await claimAfter(layout, () =>
    cpSync(finished.version(stamp), layout.version(stamp), { recursive: true, preserveTimestamps: true }),
  );
  expect([claim, liveScratch(fs, layout)]).toEqual([null, []]);
});

test('P-33, P-35: a claim ends with its process', async () => {
  const layout = emptyTrees();
  const first = await claimScratch(fs, layout, wanted, never);
  makeDead(layout);
  const second = await claimScratch(fs, layout, wanted, never);
  expect(second).not.toBeNull();
  expect(liveScratch(fs, layout)).toEqual([second]);
  expect(first).not.toBe(second);
});

test('P-35: an abort while a claim is made leaves nothing', async () => {
  const layout = emptyTrees();
  const reason = new Error('given up');
  const { operations, fs: counted } = faultyFileSystem();
  const ended = await claimScratch(counted, layout, wanted, never);
  await sweepScratch(fs, layout, { abandoned: [ended ?? ''] });
  for (let at = 0; at <= operations.length; at += 1) {
    const giving = new AbortController();
    const port = faultyFileSystem();
    port.failAt(({ index }) => {
      if (index === at) giving.abort(reason);
      return false;
    }, 'EIO');
    const claim = await claimScratch(port.fs, layout, wanted, giving.signal).catch((error: unknown) => error);
    if (!giving.signal.aborted) await sweepScratch(fs, layout, { abandoned: [String(claim)] });
    else expect(claim, `aborted at ${at}`).toBe(reason);
    expect(readdirSync(layout.versions), `aborted at ${at}`).toEqual([]);
  }
});

test('P-35: waiting for another ends when it has ended, and with the reason of an abort', async () => {
  const layout = emptyTrees();
  const claim = await claimScratch(fs, layout, wanted, never);
  const giving = new AbortController();
  const given = awaitOther(fs, layout, stamp, giving.signal);
  const patient = awaitOther(fs, layout, stamp, never);
  const reason = new Error('given up');
  giving.abort(reason);
  await expect(given).rejects.toBe(reason);
  await sweepScratch(fs, layout, { abandoned: [claim ?? ''] });
  await patient;
});

test('P-33, P-35: whoever does not finish in a quarter of an hour is waited for no longer', async () => {
  const layout = emptyTrees();
  await claimScratch(fs, layout, wanted, never);
  const { passedMs } = await inSimulatedTime(() =>
    expect(awaitOther(fs, layout, stamp, never)).rejects.toMatchObject({ code: 'STORE_BUSY' }),
  );
  expect(passedMs).toBeGreaterThan(14 * 60_000);
  expect(passedMs).toBeLessThan(16 * 60_000);
});
