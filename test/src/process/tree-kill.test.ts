import { expect, test } from 'vitest';
import { isAlive, processToken } from '#src/process/identity.js';
import { sweepOrphans } from '#src/process/orphans.js';
import type { RuntimeProcess } from '#src/process/runtime-process.js';
import { fixture, killAtEnd, startFixture, untilPrinted } from './fixture.ts';

const deadlines = { askMs: 100, graceMs: 300, killMs: 2000 };

const family = async (child: RuntimeProcess, size: number): Promise<readonly string[]> => {
  await untilPrinted(child, new RegExp(`(?:pid \\d+\\s+){${size}}`));
  const tokens = [...child.tail('stdout').matchAll(/pid (\d+)/g)].map(
    ([, pid]) => processToken(Number(pid)) ?? '',
  );
  killAtEnd(tokens);
  return tokens;
};

test('P-31: a tree that ignores signals is gone, grandchildren that left the group included', async () => {
  const child = startFixture('stubborn', ['2'], { deadlines });
  const tokens = await family(child, 4);
  expect(tokens.map(isAlive)).toEqual([true, true, true, true]);
  const start = performance.now();
  const exit = await child.stop();
  const took = performance.now() - start;
  expect(exit).toMatchObject({ signal: 'SIGKILL', external: false });
  expect(tokens.map(isAlive)).toEqual([false, false, false, false]);
  expect(took).toBeGreaterThanOrEqual(deadlines.graceMs - 1);
  expect(took).toBeLessThan(deadlines.graceMs + deadlines.killMs);
});

test('P-31: a runtime that speaks to us is asked before it is told', async () => {
  const child = startFixture('polite', [], { deadlines: { askMs: 10_000, graceMs: 20_000, killMs: 2000 } });
  await new Promise(resolve => child.onMessage(resolve));
  expect(await child.stop()).toMatchObject({ code: 0, signal: null });
  expect(child.tail('stdout')).toBe('bye\n');
});

test('P-31: a runtime that does not speak to us is ended by SIGTERM without delay', async () => {
  const child = startFixture('idle', [], { deadlines: { askMs: 120_000, graceMs: 120_000, killMs: 2000 } });
  await untilPrinted(child, /idle/);
  expect(await child.stop()).toMatchObject({ signal: 'SIGTERM' });
});

test('P-31: a runtime that is stopped (SIGSTOP) is ended, too', async () => {
  const child = startFixture('idle', [], { deadlines });
  await untilPrinted(child, /idle/);
  process.kill(child.pid, 'SIGSTOP');
  expect(await child.stop()).toMatchObject({ signal: 'SIGKILL' });
});

test('P-31: what a crashed runtime leaves in its group is told to end', async () => {
  const child = startFixture('crash-with-helper');
  const [, helper = '0'] = await untilPrinted(child, /helper (\d+)/);
  const token = processToken(Number(helper)) ?? '';
  killAtEnd([token]);
  child.send({ type: 'crash' });
  expect(await child.exited).toMatchObject({ code: 1 });
  await expect.poll(() => isAlive(token)).toBe(false);
});

test('P-30: the runtime of a shell that was killed is swept with its tree', async () => {
  const shell = startFixture('shell', [fixture('orphan')]);
  const [text] = await untilPrinted(shell, /\{.*\}/);
  const record = JSON.parse(text) as { pid: number; token: string };
  killAtEnd([record.token]);
  process.kill(shell.pid, 'SIGKILL');
  await shell.exited;
  expect(isAlive(record.token)).toBe(true);
  expect(await sweepOrphans([record], deadlines)).toEqual([record.pid]);
  expect(isAlive(record.token)).toBe(false);
});

test('P-30: a process that only has the pid of a record is left alone', async () => {
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  const [pid, start, boot] = (child.token ?? '').split('-');
  const records = [
    { pid: child.pid, token: `${pid}-${Number(start) - 1}-${boot}` },
    { pid: child.pid, token: `${pid}-0-0` },
    { pid: child.pid, token: null },
    { pid: child.pid, token: processToken(process.pid) },
    { pid: process.pid, token: processToken(process.pid) },
  ];
  expect(await sweepOrphans(records, deadlines)).toEqual([]);
  expect(child.running).toBe(true);
});
