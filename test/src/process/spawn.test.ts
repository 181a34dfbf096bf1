import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processToken } from '#src/process/identity.js';
import { spawnRuntime } from '#src/process/spawn.js';
import { temporaryFolder } from '../../support/folder.ts';
import { fixture, killAtEnd, startFixture, untilPrinted, untilTold } from './fixture.ts';

test('L-04: the exit of a runtime tells code, time and last words', async () => {
  const child = startFixture('die', ['7', 'Error: the reason\n    at a place\n']);
  await child.spawned;
  const exit = await child.exited;
  expect(exit).toMatchObject({ code: 7, signal: null, external: false, environment: null });
  expect(exit.tail).toBe('Error: the reason\n    at a place');
  expect(exit.uptimeMs).toBeGreaterThan(0);
  expect(child.running).toBe(false);
});

test('P-24: credentials in the last words are removed', async () => {
  const exit = await startFixture('die', ['1', 'GET https://me:secret@registry.example.com/ failed']).exited;
  expect(exit.tail).toBe('GET https://registry.example.com/ failed');
});

test.each(['SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGINT'] as const)(
  'P-26: %s from somebody else is external',
  async signal => {
    const child = startFixture('idle');
    await untilPrinted(child, /idle/);
    process.kill(child.pid, signal);
    expect(await child.exited).toMatchObject({ code: null, signal, external: true });
  },
);

test.each(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE'])('P-27: %s is the doing of the runtime', async signal => {
  const exit = await startFixture('end-by-signal', [signal]).exited;
  expect(exit).toMatchObject({ signal, external: false });
});

test('P-27: an abort is the doing of the runtime', async () => {
  expect(await startFixture('end-by-signal').exited).toMatchObject({ signal: 'SIGABRT', external: false });
});

test('P-26: a signal that we send ourselves is not external', async () => {
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  child.signal('SIGINT');
  expect(await child.exited).toMatchObject({ signal: 'SIGINT', external: false });
});

test('P-26: a runtime that we stop did not end from outside', async () => {
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  expect(await child.stop()).toMatchObject({ external: false });
  expect(await child.stop()).toBe(await child.exited);
});

test.each([
  ['ENOENT', { exec: join('nowhere', 'no-such-file') }],
  ['EACCES', { exec: fixture('idle') }],
])(
  'P-26: an executable that does not start (%s) is SPAWN_FAILED, and nothing is thrown',
  async (errno, spec) => {
    const child = startFixture('idle', [], spec);
    await expect(child.spawned).rejects.toMatchObject({ code: 'SPAWN_FAILED', blame: 'machine' });
    await expect(child.spawned).rejects.toThrow(errno);
    expect(await child.exited).toMatchObject({ code: null, signal: null, external: false });
    expect([child.pid, child.token, child.running, child.send({}), child.tail()]).toEqual([
      0,
      null,
      false,
      false,
      '',
    ]);
  },
);

test('P-26: a spawn that fails although nobody asks is no unhandled rejection', async () => {
  const child = spawnRuntime({ exec: 'nowhere/at-all', entry: 'x', args: [], env: {} });
  expect(await child.exited).toMatchObject({ code: null });
});

test('P-26: what Node throws at once is SPAWN_FAILED, too', async () => {
  const child = startFixture('idle', ['a\0b']);
  await expect(child.spawned).rejects.toMatchObject({ code: 'SPAWN_FAILED' });
  expect(await child.stop()).toMatchObject({ code: null, uptimeMs: 0 });
});

test('P-26: a missing working folder is named', async () => {
  const cwd = join(temporaryFolder(), 'gone');
  await expect(startFixture('idle', [], { cwd }).spawned).rejects.toThrow(cwd);
});

test('P-29: a message that came before anybody listened is not lost', async () => {
  const child = startFixture('speak', ['{"type":"one"}', '{"type":"two"}']);
  await untilTold(child, message => JSON.stringify(message) === '{"type":"two"}');
  const late: unknown[] = [];
  child.onMessage(message => late.push(message));
  expect(late).toEqual([{ type: 'one' }, { type: 'two' }]);
});

test('L-09: a subscription gives back a function that detaches that listener', async () => {
  const child = startFixture('beat');
  const heard: string[] = [];
  const detach = child.onMessage(() => heard.push('first'));
  await untilTold(child, () => true);
  detach();
  const answered = untilTold(child, message => message === 'again');
  child.send({ say: 'again' });
  await answered;
  expect(heard).toEqual(['first']);
});

test('P-30: the token of a child is the identity that is written down', async () => {
  const child = startFixture('idle');
  expect(child.token).toBe(processToken(child.pid));
  await child.stop();
  expect(processToken(child.pid)).toBeNull();
});

test('P-30: a runtime that watches its lifeline ends with its shell', async () => {
  const shell = startFixture('shell', [fixture('idle')]);
  const [, pid = '0'] = await untilPrinted(shell, /"pid":(\d+)/);
  process.kill(shell.pid, 'SIGKILL');
  await shell.exited;
  await expect.poll(() => processToken(Number(pid))).toBeNull();
});

test('P-31: the exit is told although a grandchild holds the output open', async () => {
  const child = startFixture('stubborn', ['2']);
  await untilPrinted(child, /(?:pid \d+\s+){4}/);
  const pids = [...child.tail('stdout').matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  killAtEnd(pids.map(pid => processToken(pid) ?? ''));
  process.kill(child.pid, 'SIGKILL');
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL', external: true });
});
