import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/app-world.ts';
import { abiTag } from '../../support/natives/own-tag.ts';
import { json } from './command-line.ts';
import { makeNativesWorld, type NativesWorld } from './natives-world.ts';

let world: NativesWorld;
beforeEach(async () => {
  world = await makeNativesWorld();
});
afterEach(() => world.close());

/** The bundle's copy is for another system, and this is what may be installed in its place. */
const pinned = (name = 'pty'): void => {
  world.misfit(name);
  world.config({ native: [{ name, install: world.offer(name) }] });
};

const line = `stagedoor: installing pty for ${abiTag}: once for this ABI\n`;
const tarballs = (): number => world.registry.requests.filter(({ subject }) => subject === 'tarball').length;

/** What a child says, while it says it. */
const listening = (child: ReturnType<NativesWorld['start']>) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', chunk => {
      said[name] += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { child, said, ended };
};

describe('natives ensure', () => {
  test('N-05: what is pinned is installed with one line to the user, and found in silence from then on', async () => {
    pinned();
    const first = await world.run(['natives', 'ensure', '--json']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(json(first)).toEqual({
      outcome: 'ready',
      tag: abiTag,
      places: [{ name: 'pty', from: 'tree' }],
      tree: expect.stringMatching(/^\d+\.\d+\.\d+-n[0-9a-f]{24}$/),
      error: null,
    });
    const asked = world.registry.requests.length;
    const again = await world.run(['natives', 'ensure', '--json']);
    expect(json(again)).toEqual({ ...Object(json(first)), outcome: 'cached' });
    expect(world.registry.requests).toHaveLength(asked);
    expect((await world.run(['natives', 'remove'])).code).toBe(0);
    const { tree } = Object(json(first));
    expect(await world.run(['natives', 'ensure'])).toEqual({
      code: 0,
      stderr: line,
      stdout: `Everything fits ${abiTag}: its tree ${tree} is installed.\npty  in the tree of this ABI\n`,
    });
    expect(await world.run(['natives', 'ensure', 'pty'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `Everything fits ${abiTag}: its tree ${tree} is there.\npty  in the tree of this ABI\n`,
    });
  });

  test('N-09: nothing is pinned: 1, the sentence of the gate, and the command that allows an install', async () => {
    world.misfit('pty');
    world.config({ native: ['pty'] });
    const ended = await world.run(['natives', 'ensure']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr.split('\n')).toEqual([
      expect.stringMatching(
        `^stagedoor: NATIVE_ABI_MISMATCH: Nothing of pty is for ${abiTag} \\(there is: Windows arm64\\): run \`stagedoor natives ensure pty --exec .+\`$`,
      ),
      'Nothing may be installed for pty: stagedoor natives pin pty@VERSION prints what allows it.',
      '',
    ]);
    const told = await world.run(['natives', 'ensure', '--json']);
    expect(told).toMatchObject({ code: 1, stderr: '' });
    expect(json(told)).toEqual({
      outcome: 'unavailable',
      tag: abiTag,
      places: [],
      tree: null,
      error: {
        code: 'NATIVE_ABI_MISMATCH',
        blame: 'native',
        message: expect.stringContaining('Nothing of pty is for'),
        hint: expect.stringContaining('stagedoor natives pin pty@VERSION'),
      },
    });
  });

  test('N-05: a registry that is gone is told behind the sentence, and nothing is left', async () => {
    pinned();
    world.registry.fault({ path: 'tarball' }, { kind: 'reset' });
    const ended = await world.run(['natives', 'ensure']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(line);
    expect(ended.stderr).toMatch(/^stagedoor: NATIVE_ABI_MISMATCH: Nothing of pty is for [^\n]+\n[^\n]+\n$/m);
    expect(world.trees().filter(name => !name.endsWith('.trash'))).toEqual([]);
  });

  test('P-35: another tarball than the pinned one is refused', async () => {
    pinned();
    world.registry.fault({ path: 'tarball' }, { kind: 'tamperTarball' });
    const ended = await world.run(['natives', 'ensure', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended)).toMatchObject({ outcome: 'unavailable', error: { code: 'NATIVE_ABI_MISMATCH' } });
    expect(world.trees()).toEqual([]);
  });

  test.each([
    ['STAGEDOOR_NATIVES', {}, { STAGEDOOR_NATIVES: ' SKIP ' }],
    ['the configuration', { nativesMode: 'Skip' }, {}],
  ])('N-06: skip by %s: nothing is asked, and it is said who wants that', async (_, config, env) => {
    world.misfit('pty');
    world.config({ native: [{ name: 'pty', install: world.offer('pty') }], ...config });
    const ended = await world.run(['natives', 'ensure', '--json'], env);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(json(ended)).toMatchObject({
      outcome: 'skipped',
      error: { hint: 'The mode is skip, so nothing is installed: set STAGEDOOR_NATIVES to auto.' },
    });
    expect(world.registry.requests).toEqual([]);
  });

  test('N-06: the environment goes before the configuration', async () => {
    world.misfit('pty');
    world.config({ native: [{ name: 'pty', install: world.offer('pty') }], nativesMode: 'skip' });
    const ended = await world.run(['natives', 'ensure', '--json'], { STAGEDOOR_NATIVES: 'AUTO' });
    expect(json(ended)).toMatchObject({ outcome: 'ready' });
  });

  test('N-01: what nobody can tell is left to the runtime', async () => {
    world.misfit('pty');
    world.config({ native: ['pty'] });
    expect(await world.run(['natives', 'ensure', '--exec', 'bash'])).toEqual({
      code: 0,
      stderr: '',
      stdout: 'bash does not say what it is: nobody can tell what fits.\npty  not known\n',
    });
  });

  test('with names only those are asked for; the tree is the one that a launch looks for', async () => {
    world.misfit('pty');
    world.misfit('ink');
    const install = { ...world.offer('pty'), ...world.offer('ink') };
    world.config({ native: [{ name: 'pty', install }, 'ink'] });
    expect(json(await world.run(['natives', 'ensure', 'pty', '--json']))).toMatchObject({
      outcome: 'ready',
      places: [{ name: 'pty', from: 'tree' }],
    });
    const all = await world.run(['natives', 'ensure', '--json']);
    expect(all.code).toBe(1);
    expect(json(all)).toMatchObject({
      outcome: 'unavailable',
      tree: null,
      error: { hint: expect.stringContaining('stagedoor natives pin ink@VERSION') },
    });
    expect(await world.run(['natives', 'ensure', 'pen'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'stagedoor: "pen" is no native dependency of the settings\nThey name pty, ink.\n',
    });
  });

  test('without native dependencies there is nothing to fit', async () => {
    expect(await world.run(['natives', 'ensure'])).toEqual({
      code: 0,
      stderr: '',
      stdout: 'No native dependency is named, so there is nothing to fit.\n',
    });
  });
});

/** Elsewhere a program can't be asked to end by a signal, only ended. */
describe.runIf(process.platform !== 'win32')('two at once, and an end in the middle', () => {
  test('Ctrl+C: the scratch folder goes, and 130 is the exit code', async () => {
    pinned();
    world.registry.fault({ path: 'tarball' }, { kind: 'hang' });
    const { child, ended } = listening(world.start(['natives', 'ensure']));
    await until(() => tarballs() > 0);
    expect(world.trees()).toEqual([expect.stringMatching(/\.partial$/)]);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: 'Cancelled; nothing was changed.\n' });
    expect(world.trees()).toEqual([]);
  });

  test('N-04: the second waits and says so; when the first is ended, the turn is its own', async () => {
    pinned();
    world.registry.fault({ path: 'tarball', times: 1 }, { kind: 'hang' });
    const first = listening(world.start(['natives', 'ensure']));
    await until(() => tarballs() > 0);
    const second = listening(world.start(['natives', 'ensure']));
    const waits = `stagedoor: another process is installing pty for ${abiTag}; this one waits for it\n`;
    await until(() => second.said.stderr === waits);
    first.child.kill('SIGKILL');
    expect((await first.ended).code).toBe(null);
    expect(await second.ended).toMatchObject({ code: 0, stderr: waits + line });
    expect(world.trees()).toHaveLength(1);
  });

  test('N-04: of two that begin together one installs, and both end with the same tree', async () => {
    pinned();
    const both = await Promise.all([1, 2].map(() => world.run(['natives', 'ensure', '--json'])));
    const [one, other] = both.map(ended => Object(json(ended)));
    expect(one.tree).toBe(other.tree);
    expect([one.outcome, other.outcome]).toContain('ready');
    expect(tarballs()).toBe(1);
  });
});
