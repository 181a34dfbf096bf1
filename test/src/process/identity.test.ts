import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive, ownToken, pidOf, processToken } from '#src/process/identity.js';

test('P-30: a process is alive by its own token and by no other', () => {
  expect(isAlive(ownToken())).toBe(true);
  expect(pidOf(ownToken())).toBe(process.pid);
  expect(processToken(process.pid)).toBe(ownToken());
  const [pid = '', , boot = ''] = ownToken().split('-');
  expect(isAlive(`${pid}-7-${boot}`)).toBe(false);
});

test.each(['', 'x', '1', '0-1-1', '-5-1-1', '../1-1-1', '99999999999-1-1'])('P-30: %j names nobody', text => {
  expect(isAlive(text)).toBe(false);
});

test('P-30: a process that has ended is dead, one that nobody reaped included', async () => {
  // The shell is replaced by a process that never waits, so that the child of the shell stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(chunk.toString());
  await expect.poll(() => processToken(pid)).toBeNull();
  if (existsSync(`/proc/${pid}/stat`)) expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(' Z ');
  const token = processToken(parent.pid ?? 0) ?? '';
  expect(isAlive(token)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  expect(isAlive(token)).toBe(false);
});
