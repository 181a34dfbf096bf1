import { afterAll, expect, test } from 'vitest';
import { StagedoorError } from '#src/failure.js';
import { chosen } from '../support/faults/choice.ts';
import { errnosFor } from '../support/faults/errnos.ts';
import { inSimulatedTime } from '../support/faults/simulated-time.ts';
import { judgeTrees, prepareTrees, type TreeOutcome, type TreePlay } from '../support/native-trees/play.ts';
import { treeProgramNames } from '../support/native-trees/programs.ts';
import { differenceOf } from '../support/native-trees/tree-world.ts';
import { ran, share } from '../support/proof/run.ts';

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

const prepared = async (name: (typeof treeProgramNames)[number]): Promise<TreePlay> => {
  const set = await prepareTrees(name);
  ends.push(set.end);
  return set;
};

/** Typed, and the disk's fault; what is said to be gone is damage. */
const complaintOf = (outcome: TreeOutcome): string | null => {
  if ('value' in outcome) return null;
  const { error } = outcome;
  if (!(error instanceof StagedoorError)) return `not typed: ${String(error)}`;
  return error.blame === 'disk' || error.code === 'TREE_DAMAGED' ? null : `${error.code}: ${error.message}`;
};

test.for(treeProgramNames)(
  'P-35: after a kill at any operation of "%s" a tree is whole or not found, and the next install ends well',
  async (name, { task }) => {
    const { operations, play, program } = await prepared(name);
    const halves = (call: string): readonly boolean[] => (call === 'write' ? [false, true] : [false]);
    const kills = operations.flatMap(({ index, call }) =>
      halves(call).map(short => ({ index, call, short })),
    );
    const wanted = chosen(kills, share(4, kills.length), `kill trees ${name}`);
    for (const { index, call, short } of wanted) {
      const situation = `${name}, killed at operation ${index} of ${operations.length} (${call}${short ? ', half written' : ''})`;
      await play(
        port => port.killAt(index, { short }),
        async (world, _, port) => {
          expect(port.met(), situation).toBe(true);
          await judgeTrees(world, program, situation);
        },
      );
    }
    ran({ task }, wanted.length, 'kills at an operation');
  },
);

test.for(treeProgramNames)(
  'P-35, P-07: an errno at any operation of "%s" is tolerated or the fault of the disk, and the next install ends well',
  async (name, { task }) => {
    const { operations, play, program } = await prepared(name);
    const faults = operations.flatMap(operation => errnosFor(operation).map(errno => ({ operation, errno })));
    const wanted = chosen(faults, share(4, faults.length), `fail trees ${name}`);
    for (const { operation, errno } of wanted) {
      const situation = `${name}, ${errno} at operation ${operation.index} of ${operations.length} (${operation.call} ${operation.path})`;
      await inSimulatedTime(() =>
        play(
          port => void port.failAt(operation.index, errno, { short: true }),
          async (world, outcome) => {
            expect(complaintOf(outcome), situation).toBeNull();
            if ('value' in outcome && outcome.value !== null && name.includes('install'))
              expect(differenceOf(world, '2.0.0'), situation).toBeNull();
            await judgeTrees(world, program, situation);
          },
        ),
      );
    }
    ran({ task }, wanted.length, 'faults at an operation');
  },
);

test.for(treeProgramNames)(
  'P-35, P-11: a handle that refuses any rename or removal of "%s" for a while changes nothing of what it comes to',
  async (name, { task }) => {
    const { operations, play, program } = await prepared(name);
    const refused = operations.filter(({ call }) => ['rename', 'unlink', 'rmdir'].includes(call));
    const cases = refused.flatMap(operation =>
      ['EPERM', 'EBUSY', 'EACCES'].map(errno => ({ operation, errno })),
    );
    const wanted = chosen(cases, share(2, cases.length), `busy trees ${name}`);
    for (const { operation, errno } of wanted) {
      const situation = `${name}, operation ${operation.index} (${operation.call} ${operation.path}) refused with ${errno}`;
      await inSimulatedTime(() =>
        play(
          port => void port.failAt(operation.index, errno, { times: 7 }),
          async (world, outcome) => {
            expect(complaintOf(outcome), situation).toBeNull();
            if (name.includes('install')) expect(differenceOf(world, '2.0.0'), situation).toBeNull();
            await judgeTrees(world, program, situation);
          },
        ),
      );
    }
    ran({ task }, wanted.length, 'refusals');
  },
);
