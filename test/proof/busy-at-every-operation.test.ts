import { expect, test } from 'vitest';
import { withBusyRetry } from '#src/store/durable-file.js';
import { type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import { chosen } from '../support/faults/choice.ts';
import { fingerprint } from '../support/faults/fingerprint.ts';
import { nextStart } from '../support/faults/next-start.ts';
import { type ScenarioName, scenarioNames } from '../support/faults/scenarios.ts';
import { inSimulatedTime } from '../support/faults/simulated-time.ts';
import { type Played, prepare } from '../support/faults/stage-set.ts';
import { ran } from '../support/proof/run.ts';

const handles = ['EPERM', 'EBUSY', 'EACCES'];

/** Those that a virus scanner's handle refuses, also where the target exists. */
const isRefused = ({ call }: FileOperation): boolean => ['rename', 'unlink', 'rmdir'].includes(call);

/** They only tell what was still in use, and take it next time: a collection must not hold up a start. */
const tells: readonly ScenarioName[] = ['collect'];

const plain = (value: unknown): string =>
  JSON.stringify(value ?? null)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')
    .replace(/[0-9a-f]{64}/g, 'TREE');

/** What a program came to: its answer at once, and the store after the next start. */
const endOf = async ({ outcome, world }: Played): Promise<{ answer: string; store: string }> => {
  const answer = 'error' in outcome ? String(outcome.error) : plain(outcome.value);
  await nextStart(world);
  return { answer, store: fingerprint(world.layout) };
};

test.for(scenarioNames)(
  'P-11: a handle that refuses any rename or removal of "%s" for a while changes nothing of what it comes to',
  async (name, { task }) => {
    const set = await prepare(name);
    let undisturbed = { answer: '', store: '' };
    await set.play(
      () => undefined,
      async played => {
        undisturbed = await endOf(played);
      },
    );
    const refusals = set.operations
      .filter(isRefused)
      .flatMap(operation => [1, 7, 100].map(times => ({ operation, times })));
    const wanted = chosen(refusals, 1, `busy ${name}`);
    for (const { operation, times } of wanted) {
      const { index, call, path } = operation;
      const situation = `${name}, operation ${index} (${call} ${path}) refused ${times} times`;
      const { passedMs } = await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(index, handles, { times }),
          async played => {
            const { answer, store } = await endOf(played);
            if (!tells.includes(name)) expect(answer, situation).toBe(undisturbed.answer);
            expect(store, situation).toBe(undisturbed.store);
          },
        ),
      );
      expect(passedMs, situation).toBeLessThan(60_000);
    }
    ran({ task }, wanted.length, 'refusals');
  },
);

test.for(scenarioNames)(
  'P-11: one that refuses any rename or removal of "%s" for good is given a minute in all, and a launch gives it two seconds more',
  async (name, { task }) => {
    const set = await prepare(name);
    const wanted = chosen(set.operations.filter(isRefused), 1, `stuck ${name}`);
    for (const { index, call, path } of wanted) {
      const situation = `${name}, operation ${index} (${call} ${path}) refused for good`;
      const { passedMs } = await inSimulatedTime(() =>
        set.play(
          port => void port.failAt(index, handles, { times: Number.POSITIVE_INFINITY }),
          async () => undefined,
        ),
      );
      expect(passedMs, situation).toBeLessThan(63_000);
    }
    ran({ task }, wanted.length, 'refusals');
  },
);

test('P-11: the retries of one call go on for a minute by the clock', async () => {
  const { fs, failAt, operations } = faultyFileSystem();
  failAt(() => true, handles);
  const { passedMs } = await inSimulatedTime(() =>
    expect(withBusyRetry(() => fs.promises.rename('a', 'b'))).rejects.toMatchObject({ syscall: 'rename' }),
  );
  expect(passedMs).toBeGreaterThan(59_000);
  expect(passedMs).toBeLessThan(61_000);
  expect(operations.length).toBeGreaterThan(100);
});
