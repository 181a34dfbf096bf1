import path from 'node:path';
import { expect, test } from 'vitest';
import { type LongRun, runAtLength } from '#src/process/long-run.js';
import { temporaryFolder } from '../../support/folder.ts';

const never = new AbortController().signal;

const node = (code: string, more: Partial<LongRun> = {}): LongRun => ({
  exec: process.execPath,
  args: ['-e', code],
  env: { ...(process.env as Record<string, string>), STAGEDOOR_ATTEMPT: `long-run-${process.pid}` },
  cwd: temporaryFolder(),
  limitMs: 30_000,
  mark: 'STAGEDOOR_ATTEMPT',
  ...more,
});

test('a run tells how it ended, and the last of what it said on both streams', async () => {
  const code = "console.log('one'); console.error('two'); process.exitCode = 3";
  const end = await runAtLength(node(code), never);
  expect(end).toMatchObject({ kind: 'ended', code: 3, signal: null });
  expect(end.output).toMatch(/one/);
  expect(end.output).toMatch(/two/);
});

test('what is kept of the output is bounded, whatever is printed', async () => {
  const end = await runAtLength(
    node("for (let i = 0; i < 300; i += 1) console.log('x'.repeat(10_000)); console.log('last')"),
    never,
  );
  expect(end.output.length).toBeLessThanOrEqual(64 * 1024);
  expect(end.output.trimEnd().endsWith('last')).toBe(true);
});

test('a run that takes too long is ended', async () => {
  const end = await runAtLength(node('setInterval(() => {}, 1000)', { limitMs: 300 }), never);
  expect(end).toMatchObject({ kind: 'timed-out', code: null });
});

test('a run that ignores the request to end is killed', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const end = await runAtLength(node(stubborn, { limitMs: 500 }), never);
  expect(end).toMatchObject({ kind: 'timed-out', signal: process.platform === 'win32' ? null : 'SIGKILL' });
});

test('what cannot be started is the fault of the machine, and an abort before it starts nothing', async () => {
  const missing = node('', { exec: path.join(temporaryFolder(), 'none') });
  await expect(runAtLength(missing, never)).rejects.toMatchObject({ code: 'SPAWN_FAILED' });
  const reason = new Error('enough');
  await expect(runAtLength(missing, AbortSignal.abort(reason))).rejects.toBe(reason);
});
