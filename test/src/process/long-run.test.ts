import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type LongRun, runAtLength } from '#src/process/long-run.js';
import { temporaryFolder } from '../../support/folder.ts';
import { isRunning } from '../../support/launch-paths/processes.ts';

const never = new AbortController().signal;

const node = (code: string, more: Partial<LongRun> = {}): LongRun => ({
  exec: process.execPath,
  args: ['-e', code],
  env: { ...(process.env as Record<string, string>), STAGEDOOR_ATTEMPT: randomUUID() },
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
  const little = await runAtLength(node("console.log('first'); console.log('last')", { tail: 5 }), never);
  expect(little.output).toBe('last\n');
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

test('the input of a run is empty, or open as long as we live where it is tethered', async () => {
  const code = "process.stdin.on('end', () => process.exit(7)).resume(); setInterval(() => {}, 1000)";
  expect(await runAtLength(node(code), never)).toMatchObject({ kind: 'ended', code: 7 });
  const tethered = await runAtLength(node(code, { tethered: true, limitMs: 400 }), never);
  expect(tethered).toMatchObject({ kind: 'timed-out', code: null });
});

describe.skipIf(process.platform !== 'linux')('nothing is left behind', () => {
  const wait = 'setInterval(() => {}, 1000)';
  const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); ${wait}`;
  /** Starts helpers, one in a group of its own, that keep its pipes; writes down who they are, and then does the rest. */
  const withHelpers = (note: string, rest: string): string => `
    const { spawn } = require('node:child_process');
    const start = detached => spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { detached, stdio: ['ignore', 'pipe', 'inherit'] });
    const helpers = [start(false), start(true)];
    const up = helpers.map(helper => new Promise(done => helper.stdout.once('data', done)));
    Promise.all(up).then(() => {
      require('node:fs').writeFileSync(${JSON.stringify(note)}, JSON.stringify([process.pid, ...helpers.map(({ pid }) => pid)]));
      ${rest}
    });`;
  const pidsIn = (note: string): readonly number[] => JSON.parse(readFileSync(note, 'utf8'));

  test('after a run that ended by itself, in its group or out of it', async () => {
    const note = path.join(temporaryFolder(), 'pids');
    const end = await runAtLength(node(withHelpers(note, 'process.exit(3)')), never);
    expect(end).toMatchObject({ kind: 'ended', code: 3 });
    expect(pidsIn(note)).toHaveLength(3);
    expect(pidsIn(note).filter(isRunning)).toEqual([]);
  });

  test('after an abort, which is told with its reason, also where nothing is marked', async () => {
    const note = path.join(temporaryFolder(), 'pids');
    const abort = new AbortController();
    const reason = new Error('enough');
    const run = runAtLength(
      node(withHelpers(note, wait), { tethered: true, mark: undefined, limitMs: 600_000 }),
      abort.signal,
    );
    const outcome = run.catch((error: unknown) => error);
    await vi.waitFor(() => expect(pidsIn(note)).toHaveLength(3), { timeout: 20_000, interval: 10 });
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    expect(pidsIn(note).filter(isRunning)).toEqual([]);
  });
});
