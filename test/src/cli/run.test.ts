import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { broken, makeWorld, program, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  world.bundle(program('1.0.0'));
});
afterEach(() => world.close());

/** Runs until all of some texts have appeared, then does something, then waits for the end. */
const runUntil = async (
  args: readonly string[],
  texts: readonly string[],
  then: (child: ReturnType<World['start']>) => void,
) => {
  const child = world.start('run', ...args);
  const ended = { stdout: '', stderr: '' };
  const seen = new Promise<void>(resolve => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', chunk => {
        ended[name] += chunk;
        if (texts.every(text => ended.stdout.includes(text) || ended.stderr.includes(text))) resolve();
      });
    }
  });
  const closed = once(child, 'close');
  await Promise.race([seen, closed]);
  then(child);
  const [code] = await closed;
  return { code, ...ended };
};

const ready = ['"runtime:ready"', 'is up'];

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));

test('L-03: a version that dies at start is replaced in the same launch, and the user is told why', async () => {
  world.publish(broken('1.1.0'));
  expect((await world.run('update')).code).toBe(0);
  const ended = await runUntil(['--no-updates'], ['is marked bad', 'is up'], child => child.kill('SIGTERM'));
  expect(ended.stdout).toBe('1.0.0 is up\n');
  expect(ended.stderr).toContain('no way\n');
  expect(ended.stderr).toMatch(
    /stagedoor: 1\.1\.0 did not start \(it ended with code 3 before it was ready[^\n]*\); 1\.0\.0 runs instead\n/,
  );
  expect(ended.stderr).toContain('stagedoor: 1.1.0 is marked bad and is not started again');
  const check = await world.run('check');
  expect(check.stdout).toMatch(/^1\.1\.0 is marked bad and is not staged: it ended with code 3 /);
});

test('with --json standard output holds events only, and all output of the runtime goes to standard error', async () => {
  const ended = await runUntil(['--json', '--no-updates'], ready, child => child.kill('SIGTERM'));
  const events = lines(ended.stdout);
  expect(events.every(({ event }) => typeof event === 'string')).toBe(true);
  expect(events).toContainEqual({
    event: 'runtime:ready',
    version: '1.0.0',
    role: 'bundled',
    pid: expect.any(Number),
  });
  expect(ended.stderr).toBe('1.0.0 is up\n');
});

/** Elsewhere a program can't be asked to end by a signal, only ended. */
const posix = process.platform !== 'win32';

describe('the exit code is the child’s', () => {
  test('an intended end', async () => {
    world.bundle(program('1.0.0', { after: 'process.exit(0);' }));
    expect((await world.run('run', '--no-updates')).code).toBe(0);
  });

  test.runIf(posix).each([
    ['SIGTERM', 7],
    ['SIGINT', 8],
    ['SIGHUP', 9],
  ] as const)('%s is forwarded, and what the runtime ends with is the answer', async (signal, exitCode) => {
    world.bundle(program('1.0.0', { first: `process.on('${signal}', () => process.exit(${exitCode}));` }));
    const ended = await runUntil(['--no-updates', '--json'], ready, child => child.kill(signal));
    expect(ended).toMatchObject({ code: exitCode, stderr: '1.0.0 is up\n' });
  });

  test.runIf(posix)('a runtime that a signal ends gives 128 and its number', async () => {
    const ended = await runUntil(['--no-updates', '--json'], ready, child => child.kill('SIGTERM'));
    expect(ended.code).toBe(143);
  });

  test.runIf(posix)('a second signal kills at once what ignores the first, and that is its end', async () => {
    world.bundle(program('1.0.0', { first: `process.on('SIGINT', () => console.log('not yet'));` }));
    const ended = await runUntil(['--no-updates', '--json'], ready, child => {
      child.stderr.on('data', chunk => {
        if (String(chunk).includes('not yet')) child.kill('SIGINT');
      });
      child.kill('SIGINT');
    });
    expect(ended.code).toBe(137);
  });

  test('L-04: nothing starts: the first cause, and the child’s code', async () => {
    world.bundle(broken('1.0.0', 5));
    const ended = await world.run('run', '--no-updates');
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toMatch(
      /stagedoor: LAUNCH_EXITED_EARLY: 1\.0\.0 ended with code 5 before it was ready/,
    );
  });

  test('nothing starts and the child ended with 0: exit code 1', async () => {
    world.bundle(broken('1.0.0', 0));
    const ended = await world.run('run', '--no-updates', '--json');
    expect(ended.code).toBe(1);
    expect(lines(ended.stdout).at(-1)).toMatchObject({ error: { code: 'LAUNCH_EXITED_EARLY' } });
  });

  test('nothing to start at all', async () => {
    const ended = await world.run('run', '--no-updates', '--bundled', 'nowhere');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^stagedoor: BUNDLED_INVALID: [^\n]+\n[^\n]+\n$/);
  });
});

test('what stands after -- goes to the runtime, whatever it looks like', async () => {
  const first = `console.log(JSON.stringify(process.argv.slice(2)));`;
  world.bundle(program('1.0.0', { first, after: 'process.exit(0);' }));
  const { stdout } = await world.run('run', '--no-updates', '--', '--json', '--store', 'x', '-V', 'y z');
  expect(stdout).toContain('["--json","--store","x","-V","y z"]\n');
});

test('standard input is forwarded', async () => {
  const first = `process.stdin.on('data', text => process.stdout.write('heard ' + text, () => process.exit(0)));`;
  world.bundle(program('1.0.0', { first }));
  const ended = await runUntil(['--no-updates', '--json'], ready, child => child.stdin.write('hello\n'));
  expect(ended).toMatchObject({ code: 0, stderr: '1.0.0 is up\nheard hello\n' });
});

test('C-01: an update is staged in the background; --no-updates asks nothing', async () => {
  world.publish(program('1.1.0'));
  world.config({ schedule: { firstCheckMs: 1, jitter: 0 } });
  const ended = await runUntil([], ['is staged'], child => child.kill('SIGTERM'));
  expect(ended.stderr).toBe('stagedoor: 1.1.0 is staged; it starts with the next launch\n');
  const before = world.registry.requests.length;
  expect(before).toBeGreaterThan(0);
  await runUntil(['--no-updates'], ['1.1.0 is up'], child => child.kill('SIGTERM'));
  expect(world.registry.requests).toHaveLength(before);
});
