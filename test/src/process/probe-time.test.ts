import { expect, test } from 'vitest';
import { probeRuntime } from '#src/process/probe.js';
import { isStopped } from '#src/process/process-table.js';
import type { RuntimeProcess } from '#src/process/runtime-process.js';
import { isSettled, startFixture, untilPrinted, untilTold } from './fixture.ts';
import { type TestClock, testClock } from './probe-clock.ts';

const limits = { deadlineMs: 30_000, hardLimitMs: 120_000, attempt: 'a1', version: '1.1.0' };
const suspended = { kind: 'inconclusive', reason: 'time stood still during the probe' };

const probeIpc = (child: RuntimeProcess, tick: TestClock) =>
  probeRuntime(child, { kind: 'ipc' }, { ...limits, tick });

/** A message has been heard when its echo has: messages keep their order. */
const tell = async (child: RuntimeProcess, message: object): Promise<void> => {
  const echo = { echo: Math.random() };
  const heard = untilTold(child, told => JSON.stringify(told) === JSON.stringify(echo));
  child.send({ say: message });
  child.send({ say: echo });
  await heard;
};

test('P-26: the deadline counts active time, in ticks', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  clock.pass(29_999);
  expect(await isSettled(result)).toBe(false);
  clock.pass(1);
  expect(await result).toEqual({ kind: 'timedOut', deadlineMs: 30_000 });
  expect(clock.running).toBe(0);
});

test('P-26: eight hours of sleep count as one tick, and a runtime that is then ready is ready', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  clock.pass(29_000);
  clock.sleep(8 * 3_600_000);
  expect(await isSettled(result)).toBe(false);
  await tell(child, { type: 'stagedoor.ready', attempt: 'a1' });
  expect(await result).toMatchObject({ kind: 'ready' });
});

test('P-26: a timeout after a suspend is inconclusive', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  clock.sleep(60_000);
  clock.pass(29_500);
  expect(await isSettled(result)).toBe(false);
  clock.pass(500);
  expect(await result).toEqual(suspended);
});

test('P-26: nothing is decided on the tick that comes late', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  clock.pass(29_750);
  clock.sleep(60_000);
  expect(await isSettled(result)).toBe(false);
  clock.pass(250);
  expect(await result).toEqual(suspended);
});

test('P-26: a tick that is twice as long as it should be is no suspend yet', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  for (let index = 0; index < 60; index += 1) clock.sleep(500);
  expect(await result).toMatchObject({ kind: 'timedOut' });
});

test('P-26: heartbeats that name the attempt extend the deadline up to the hard limit', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  for (let index = 0; index < 5; index += 1) {
    clock.pass(20_000);
    await tell(child, { type: 'stagedoor.heartbeat', attempt: 'a1' });
    expect(await isSettled(result)).toBe(false);
  }
  clock.pass(20_000);
  expect(await result).toEqual({ kind: 'timedOut', deadlineMs: 30_000 });
});

test('P-29: heartbeats for another attempt extend nothing', async () => {
  const clock = testClock();
  const child = startFixture('beat');
  const result = probeIpc(child, clock);
  clock.pass(20_000);
  await tell(child, { type: 'stagedoor.heartbeat', attempt: 'a0' });
  clock.pass(10_000);
  expect(await result).toMatchObject({ kind: 'timedOut' });
});

test.runIf(process.platform === 'linux')('P-26: a runtime that is stopped proves nothing', async () => {
  const clock = testClock();
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  process.kill(child.pid, 'SIGSTOP');
  await expect.poll(() => isStopped(child.pid)).toBe(true);
  const result = probeIpc(child, clock);
  clock.pass(30_000);
  expect(await result).toEqual({ kind: 'inconclusive', reason: 'the runtime is stopped' });
  process.kill(child.pid, 'SIGCONT');
});

test('P-29: the real clock ticks: a runtime that says nothing times out', async () => {
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  const result = await probeRuntime(child, { kind: 'ipc' }, { ...limits, deadlineMs: 40 });
  expect(result.kind).not.toBe('ready');
  expect(await probeRuntime(child, { kind: 'alive', ms: 20 }, limits)).toMatchObject({ kind: 'ready' });
});
