import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { StagedoorError } from '#src/failure.js';
import type { FileOperation } from '#src/testing/index.js';
import { chosen } from '../support/faults/choice.ts';
import { makeDead } from '../support/faults/dead-writer.ts';
import { errnosFor } from '../support/faults/errnos.ts';
import { bytesIn } from '../support/faults/fingerprint.ts';
import { inSimulatedTime } from '../support/faults/simulated-time.ts';
import {
  allowed,
  expectNext,
  layoutIn,
  prepare,
  programNames,
  stateOf,
} from '../support/plugins/plugin-set.ts';
import { ran } from '../support/proof/run.ts';

test.for(programNames)(
  'P-01, K-05: after a kill at any operation of %s the plugin is as before or as it was meant, and the next installation works',
  async (name, { task }) => {
    const set = await prepare(name);
    const kills = set.operations.flatMap(({ index, call }) =>
      (call === 'write' ? [false, true] : [false]).map(short => ({ index, call, short })),
    );
    const seen = new Set<string>();
    const wanted = chosen(kills, 40, `kill plugins ${name}`);
    for (const { index, call, short } of wanted) {
      const situation = `${name}, killed at operation ${index} of ${set.operations.length} (${call})`;
      await set.play(
        port => port.killAt(index, { short }),
        async ({ store, port }) => {
          expect(port.met(), situation).toBe(true);
          makeDead(layoutIn(store));
          const state = stateOf(store);
          expect(allowed[name], situation).toContain(state);
          seen.add(state);
          await expectNext(store, situation);
        },
      );
    }
    expect(seen.size, 'kills on both sides of what counts').toBeGreaterThan(1);
    ran({ task }, wanted.length, 'kills at an operation');
  },
);

test.for(programNames)(
  'P-01, P-07, K-05: an errno at any operation of %s is tolerated or the fault of the disk',
  async (name, { task }) => {
    const set = await prepare(name);
    const faults = set.operations.flatMap(operation =>
      errnosFor(operation).map(errno => ({ operation, errno })),
    );
    const wanted = chosen(faults, 60, `fail plugins ${name}`);
    for (const { operation, errno } of wanted) {
      const { index, call, path } = operation;
      const situation = `${name}, ${errno} at operation ${index} of ${set.operations.length} (${call} ${path})`;
      await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(index, errno, { short: true }),
          async ({ store, outcome }) => {
            if ('error' in outcome) {
              expect(outcome.error, situation).toBeInstanceOf(StagedoorError);
              const missing = !operation.mutates || errno === 'ENOENT' || errno === 'EEXIST';
              const { blame, code } = outcome.error as StagedoorError;
              if (!(missing && ['TREE_DAMAGED', 'PACKAGE_INVALID'].includes(code)))
                expect(blame, `${situation}: ${code}`).toBe('disk');
            }
            expect(allowed[name], situation).toContain(stateOf(store));
            makeDead(layoutIn(store));
            await expectNext(store, situation);
          },
        ),
      );
    }
    ran({ task }, wanted.length, 'faults at an operation');
  },
);

/** A folder that is there takes no space. */
const allocates = ({ call, mutates, path }: FileOperation): boolean =>
  call === 'write' || (call === 'mkdir' && !existsSync(path)) || (call === 'open' && mutates);

const isAllocation = ({ call, mutates }: FileOperation): boolean =>
  call === 'write' || call === 'mkdir' || (call === 'open' && mutates);

test('P-07, K-05: a disk that is full from any operation on changes no plugin and gets back what was written', async ({
  task,
}) => {
  const name = 'an installation over an older version';
  const set = await prepare(name);
  let before = 0;
  let full = 0;
  const moments = chosen(set.operations.filter(isAllocation), 15, 'full plugins');
  for (const { index, call } of moments) {
    const situation = `full from operation ${index} on (${call})`;
    await set.play(
      port => {
        port.failAt(one => one.index >= index && allocates(one), 'ENOSPC', { short: true });
      },
      async ({ store, outcome }) => {
        // Nothing more was written after the last of them.
        if ('value' in outcome) return;
        expect(outcome, situation).toMatchObject({ error: { code: 'DISK_FULL' } });
        full += 1;
        expect(stateOf(store), situation).toBe('1.0.0');
        const bytes = bytesIn(layoutIn(store));
        before ||= bytes;
        expect(bytes, situation).toBe(before);
      },
    );
  }
  expect(full).toBeGreaterThan(moments.length / 2);
  ran({ task }, full, 'full disks');
});

const isRefused = ({ call }: FileOperation): boolean => ['rename', 'unlink', 'rmdir'].includes(call);

test.for(programNames)(
  'P-11, K-05: a handle that refuses any rename or removal of %s for a while changes nothing',
  async (name, { task }) => {
    const set = await prepare(name);
    const refusals = set.operations
      .filter(isRefused)
      .flatMap(operation => [1, 7, 100].map(times => ({ operation, times })));
    const wanted = chosen(refusals, 10, `busy plugins ${name}`);
    for (const { operation, times } of wanted) {
      const situation = `${name}, operation ${operation.index} (${operation.call} ${operation.path}) refused ${times} times`;
      const { passedMs } = await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(operation.index, ['EPERM', 'EBUSY', 'EACCES'], { times }),
          async ({ store, outcome }) => {
            expect(outcome, situation).toHaveProperty('value');
            expect(stateOf(store), situation).toBe(allowed[name].at(-1));
          },
        ),
      );
      expect(passedMs, situation).toBeLessThan(60_000);
    }
    ran({ task }, wanted.length, 'refusals');
  },
);
