import { expect, onTestFinished, test, vi } from 'vitest';
import { startUtility, unborn } from '../../support/electron/utility.ts';
import { isSettled } from '../process/fixture.ts';

/** One that the shell waits for, with the time in the test's hands. */
const waited = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const one = unborn();
  const child = startUtility('', { forks: { fork: () => one.process } });
  return { ...one, child };
};

test('P-26: a utility process that never begins and never ends is SPAWN_FAILED after 15 s, and its exit is told', async () => {
  const { child, kills } = waited();
  await vi.advanceTimersByTimeAsync(14_999);
  expect(await isSettled(child.exited)).toBe(false);
  expect(kills).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await expect(child.spawned).rejects.toMatchObject({ code: 'SPAWN_FAILED', blame: 'machine' });
  await expect(child.spawned).rejects.toThrow('did not begin within 15 s');
  // Its pipes are open still.
  await vi.advanceTimersByTimeAsync(250);
  expect(await child.exited).toMatchObject({ code: null, signal: null, external: false });
  expect(kills).toHaveLength(1);
  expect([child.pid, child.token, child.running, child.send({})]).toEqual([0, null, false, false]);
});

test('P-26: a utility process that never begins and is not asked about is no unhandled rejection', async () => {
  const { child } = waited();
  await vi.advanceTimersByTimeAsync(15_250);
  expect(await child.exited).toMatchObject({ code: null });
  expect(await child.stop()).toBe(await child.exited);
});

test('P-31: a utility process that begins when it is given up is ended then', async () => {
  const { child, kills, bear } = waited();
  await vi.advanceTimersByTimeAsync(15_250);
  await child.exited;
  bear(99_999_999);
  expect(kills).toEqual([undefined, 99_999_999]);
  expect([child.pid, child.running]).toEqual([0, false]);
});

test('P-26: a utility process that ends before it has begun is SPAWN_FAILED at once', async () => {
  const { child, tell } = waited();
  tell('exit', 1);
  await expect(child.spawned).rejects.toThrow('ended before it began (code 1)');
  await vi.advanceTimersByTimeAsync(250);
  expect(await child.exited).toMatchObject({ code: null, signal: null, external: false });
  expect(vi.getTimerCount()).toBe(0);
});

test('L-04: a utility process that has begun is given all the time that it wants', async () => {
  const { child, kills, bear, tell } = waited();
  // No system gives that number.
  bear(99_999_999);
  await child.spawned;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(child.running).toBe(true);
  expect(kills).toEqual([]);
  tell('exit', 0);
  await vi.advanceTimersByTimeAsync(250);
  expect(await child.exited).toMatchObject({ code: 0 });
});
