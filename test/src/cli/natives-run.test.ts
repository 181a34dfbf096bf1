import { afterEach, beforeEach, expect, test } from 'vitest';
import { abiTag } from '../../support/natives/own-tag.ts';
import { makeNativesWorld, type NativesWorld } from './natives-world.ts';
import { program } from './world.ts';

let world: NativesWorld;
beforeEach(async () => {
  world = await makeNativesWorld();
  // It ends by itself, so that a run does.
  world.bundle(program('1.0.0', { after: 'process.exit(0);' }));
});
afterEach(() => world.close());

const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));

test('N-05: run says once that natives are installed, and nothing on a hit', async () => {
  world.misfit('pty');
  world.config({ native: [{ name: 'pty', install: world.offer('pty') }] });
  const line = `stagedoor: installing pty for ${abiTag}: once for this ABI\n`;
  expect(await world.run(['run', '--no-updates'])).toEqual({
    code: 0,
    stdout: '1.0.0 is up\n',
    stderr: line,
  });
  expect(await world.run(['run', '--no-updates'])).toEqual({ code: 0, stdout: '1.0.0 is up\n', stderr: '' });
});

test('N-05: with --json both are events, and standard error is the runtime’s alone', async () => {
  world.misfit('pty');
  world.config({ native: [{ name: 'pty', install: world.offer('pty') }] });
  const told = async (): Promise<readonly Record<string, unknown>[]> => {
    const { stdout, stderr } = await world.run(['run', '--no-updates', '--json']);
    expect(stderr).toBe('1.0.0 is up\n');
    return lines(stdout).filter(({ event }) => String(event).startsWith('natives:'));
  };
  const settled = {
    event: 'natives:settled',
    tag: abiTag,
    places: [{ name: 'pty', from: 'tree' }],
    tree: expect.any(String),
    error: null,
    fault: null,
  };
  expect(await told()).toEqual([
    { event: 'natives:installing', tag: abiTag, names: ['pty'] },
    { ...settled, outcome: 'ready' },
  ]);
  expect(await told()).toEqual([{ ...settled, outcome: 'cached' }]);
});

test('N-09: a closed gate is one failure with the sentence and the command, and nothing was started', async () => {
  world.misfit('pty');
  world.config({ native: ['pty'] });
  const ended = await world.run(['run', '--no-updates']);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr.split('\n')).toEqual([
    expect.stringMatching(
      `^stagedoor: NATIVE_ABI_MISMATCH: Nothing of pty is for ${abiTag} \\(there is: Windows arm64\\): run \`stagedoor natives ensure pty --exec .+\`$`,
    ),
    'stagedoor doctor looks at the natives.',
    '',
  ]);
});

test('C-04: updates that the configuration switches off stay off where no flag says otherwise', async () => {
  world.publish(program('1.1.0'));
  world.config({ updates: false, schedule: { firstCheckMs: 1, jitter: 0 } });
  const { stdout } = await world.run(['run', '--json', '--bundled', 'nowhere']);
  const states = lines(stdout).filter(({ chart }) => chart === 'supervisor');
  expect(states).not.toEqual([]);
  for (const { state } of states) expect(state).toContain('updates.off');
  expect(world.registry.requests).toEqual([]);
});
