import { expect, test } from 'vitest';
import { StagedoorError } from '#src/failure.js';
import { diskFaults } from '#src/staging/disk-faults.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { sweepScratch } from '#src/store/scratch.js';
import type { FileOperation } from '#src/testing/index.js';
import { chosen } from '../support/faults/choice.ts';
import { makeDead } from '../support/faults/dead-writer.ts';
import { errnosFor } from '../support/faults/errnos.ts';
import { bytesIn } from '../support/faults/fingerprint.ts';
import { inSimulatedTime } from '../support/faults/simulated-time.ts';
import { differenceOf } from '../support/native-trees/contents.ts';
import { install, never, stamp } from '../support/native-trees/installation.ts';
import {
  expectGood,
  expectTidy,
  leasedStamp,
  type Preparation,
  preparationNames,
  prepare,
} from '../support/native-trees/tree-world.ts';
import { ran } from '../support/proof/run.ts';

const othersOf = (name: Preparation): readonly string[] =>
  name === 'beside a leased tree' ? [leasedStamp] : [];

/** As the chart's effects do it: an errno becomes a failure of the disk. */
const typed: typeof install = (fs, layout, steps) =>
  diskFaults('install natives', never, () => install(fs, layout, steps));

test.for(preparationNames)(
  'P-01, P-04, P-35: after a kill at any operation of an installation, %s, a whole tree is found or none, and the next one works',
  async (name, { task }) => {
    const set = await prepare(name);
    const kills = set.operations.flatMap(({ index, call }) =>
      (call === 'write' ? [false, true] : [false]).map(short => ({ index, call, short })),
    );
    const wanted = chosen(kills, 25, `kill trees ${name}`);
    for (const { index, call, short } of wanted) {
      const situation = `${name}, killed at operation ${index} of ${set.operations.length} (${call})`;
      await set.play(
        port => port.killAt(index, { short }),
        async ({ layout, port }) => {
          expect(port.met(), situation).toBe(true);
          makeDead(layout);
          await expectGood(layout, situation);
          await sweepScratch(nodeFileSystem, layout);
          expectTidy(layout, othersOf(name), situation);
        },
      );
    }
    ran({ task }, wanted.length, 'kills at an operation');
  },
);

test.for(preparationNames)(
  'P-01, P-07, P-35: an errno at any operation of an installation, %s, is tolerated or the fault of the disk',
  async (name, { task }) => {
    const set = await prepare(name, typed);
    const faults = set.operations.flatMap(operation =>
      errnosFor(operation).map(errno => ({ operation, errno })),
    );
    const wanted = chosen(faults, 40, `fail trees ${name}`);
    for (const { operation, errno } of wanted) {
      const { index, call, path } = operation;
      const situation = `${name}, ${errno} at operation ${index} of ${set.operations.length} (${call} ${path})`;
      await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(index, errno, { short: true }),
          async ({ layout, outcome }) => {
            if ('value' in outcome) expect(differenceOf(layout, stamp), situation).toBeNull();
            else {
              expect(outcome.error, situation).toBeInstanceOf(StagedoorError);
              const missing = !operation.mutates || errno === 'ENOENT' || errno === 'EEXIST';
              const { blame, code } = outcome.error as StagedoorError;
              if (!(missing && code === 'TREE_DAMAGED')) expect(blame, `${situation}: ${code}`).toBe('disk');
            }
            makeDead(layout);
            await expectGood(layout, situation);
            await sweepScratch(nodeFileSystem, layout);
            expectTidy(layout, othersOf(name), situation);
          },
        ),
      );
    }
    ran({ task }, wanted.length, 'faults at an operation');
  },
);

const allocates = ({ call, mutates }: FileOperation): boolean =>
  call === 'write' || call === 'mkdir' || (call === 'open' && mutates);

test('P-07, P-35: a disk that is full from any operation on commits nothing and gets back what was written', async ({
  task,
}) => {
  const set = await prepare('beside a leased tree', typed);
  let before = 0;
  const moments = chosen(set.operations.filter(allocates), 10, 'full trees');
  for (const { index, call } of moments) {
    const situation = `full from operation ${index} on (${call})`;
    await set.play(
      port => {
        port.failAt(one => one.index >= index && allocates(one), 'ENOSPC', { short: true });
      },
      async ({ layout, outcome }) => {
        expect(outcome, situation).toMatchObject({ error: { code: 'DISK_FULL' } });
        const bytes = bytesIn(layout);
        before ||= bytes;
        expect(bytes, situation).toBe(before);
        await expectGood(layout, situation);
      },
    );
  }
  ran({ task }, moments.length, 'full disks');
});

const isRefused = ({ call }: FileOperation): boolean => ['rename', 'unlink', 'rmdir'].includes(call);

test.for(preparationNames)(
  'P-11, P-35: a handle that refuses any rename or removal for a while changes nothing of an installation, %s',
  async (name, { task }) => {
    const set = await prepare(name, typed);
    const refusals = set.operations
      .filter(isRefused)
      .flatMap(operation => [1, 7, 100].map(times => ({ operation, times })));
    const wanted = chosen(refusals, 10, `busy trees ${name}`);
    for (const { operation, times } of wanted) {
      const situation = `${name}, operation ${operation.index} (${operation.call} ${operation.path}) refused ${times} times`;
      const { passedMs } = await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(operation.index, ['EPERM', 'EBUSY', 'EACCES'], { times }),
          async ({ layout, outcome }) => {
            expect(outcome, situation).toHaveProperty('value');
            expect(differenceOf(layout, stamp), situation).toBeNull();
          },
        ),
      );
      expect(passedMs, situation).toBeLessThan(60_000);
    }
    ran({ task }, wanted.length, 'refusals');
  },
);
