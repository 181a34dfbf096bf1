import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, processToken } from '#src/process/identity.js';
import { startUtility } from '../../support/electron/utility.ts';
import { killAtEnd, untilPrinted } from '../process/fixture.ts';

/** Starts a helper that takes no SIGTERM, says its number when that is so, and ends with a code when it is told to. */
const withHelper = `import { spawn } from 'node:child_process';
const helper = spawn(process.execPath, ['-e',
  "process.on('SIGTERM', () => undefined); setTimeout(() => undefined, 60_000); process.stdout.write('up')",
], { stdio: ['ignore', 'pipe', 'ignore'] });
process.on('message', ({ code }) => process.exit(code));
helper.stdout.once('data', () => console.log('helper ' + helper.pid + ';'));`;

const startWithHelper = async (attempt: string) => {
  const child = startUtility(withHelper, { env: { STAGEDOOR_ATTEMPT: attempt } });
  const [, pid] = await untilPrinted(child, /helper (\d+);/);
  const token = processToken(Number(pid)) ?? '';
  killAtEnd([token]);
  expect(isAlive(token)).toBe(true);
  return { child, token };
};

/** Somebody's process that has nothing to do with a launch but what its environment says. */
const bystander = (attempt: string): string => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)'], {
    env: { STAGEDOOR_ATTEMPT: attempt },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return processToken(child.pid ?? 0) ?? '';
};

// Elsewhere nobody can say what a process was started with.
test.runIf(process.platform === 'linux')(
  'P-31: what a crashed utility process has started is gone when its exit is told, and what another attempt has started lives on',
  async () => {
    const [crashed, other] = await Promise.all([startWithHelper('attempt-1'), startWithHelper('attempt-12')]);
    const others = [other.token, bystander('attempt-123'), bystander('xattempt-1')];
    crashed.child.send({ code: 1 });
    expect(await crashed.child.exited).toMatchObject({ code: 1 });
    expect(isAlive(crashed.token)).toBe(false);
    expect(others.map(isAlive)).toEqual([true, true, true]);
    expect(other.child.running).toBe(true);
  },
);

test('P-31: what a utility process leaves behind that ends well is left alone', async () => {
  const { child, token } = await startWithHelper('attempt-2');
  child.send({ code: 0 });
  expect(await child.exited).toMatchObject({ code: 0 });
  expect(isAlive(token)).toBe(true);
});
