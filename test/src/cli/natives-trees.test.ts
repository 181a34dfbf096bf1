import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePackage } from '#src/testing/packages.js';
import { abiTag } from '../../support/natives/own-tag.ts';
import { json } from './command-line.ts';
import { compiled, makeNativesWorld, type NativesWorld } from './natives-world.ts';

/** No system gives this number to a process. */
const dead = '4194303-1-0';

let world: NativesWorld;
beforeEach(async () => {
  world = await makeNativesWorld();
});
afterEach(() => world.close());

/** Installs a tree for this Node and gives back its folder. */
const installed = async (): Promise<string> => {
  world.misfit('pty');
  world.config({ native: [{ name: 'pty', install: world.offer('pty') }] });
  const { tree } = Object(json(await world.run(['natives', 'ensure', '--json'])));
  return path.join(world.cache, 'stagedoor/runtime', abiTag, 'versions', tree);
};

describe('natives list and remove', () => {
  test('N-03: nothing is installed', async () => {
    const nothing = { code: 0, stderr: '', stdout: 'No native modules are installed.\n' };
    expect(await world.run(['natives', 'list'])).toEqual(nothing);
    expect(await world.run(['natives', 'remove'])).toEqual(nothing);
    expect(json(await world.run(['natives', 'list', '--json']))).toEqual({
      outcome: 'ok',
      trees: [],
      leftovers: [],
    });
    const removed = json(await world.run(['natives', 'remove', '--json']));
    expect(removed).toEqual({ outcome: 'ok', removed: [], inUse: [], freedBytes: 0 });
  });

  test('N-03: a tree is told with its tag, what it holds, its size and its use, and goes when it is told to', async () => {
    const stamp = path.basename(await installed());
    expect(json(await world.run(['natives', 'list', '--json']))).toEqual({
      outcome: 'ok',
      leftovers: [],
      trees: [
        {
          tag: abiTag,
          stamp,
          damage: null,
          names: ['pty'],
          packages: [{ name: 'pty', version: '1.0.0' }],
          built: [],
          bytes: expect.any(Number),
          inUse: false,
          lastUsed: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      ],
    });
    const { stdout } = await world.run(['natives', 'list']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        `^${abiTag}  ${stamp}  [\\d.]+ [kM]B, last used \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC$`,
      ),
      `${' '.repeat(abiTag.length)}  pty 1.0.0`,
      '',
    ]);
    const removed = await world.run(['natives', 'remove', abiTag]);
    expect(removed.stdout).toMatch(
      new RegExp(`^removed +${abiTag} ${stamp}\\nfreed +[\\d.]+ [kM]B in 1 tree\\n$`),
    );
    expect(world.trees()).toEqual([]);
  });

  test('P-10: a damaged tree is told, and the next ensure makes a whole one', async () => {
    const dir = await installed();
    writeFileSync(path.join(dir, 'node_modules/pty/build/Release/native.node'), 'no longer');
    const { trees } = Object(json(await world.run(['natives', 'list', '--json'])));
    expect(trees).toMatchObject([{ damage: expect.stringContaining('native.node'), names: [] }]);
    expect((await world.run(['natives', 'list'])).stdout).toMatch(/ damaged: .*native\.node/);
    expect(json(await world.run(['natives', 'ensure', '--json']))).toMatchObject({ outcome: 'ready' });
  });

  test('P-13: what an interrupted installation left is told, and gc takes it', async () => {
    const versions = path.dirname(await installed());
    const left = `1.0.0.partial/${dead}-0123456789ab`;
    mkdirSync(path.join(versions, left, 'tree'), { recursive: true });
    const places = [`versions/${left}`];
    const told = json(await world.run(['natives', 'list', '--json']));
    expect(told).toMatchObject({ leftovers: [{ tag: abiTag, places }] });
    const { stdout } = await world.run(['natives', 'list']);
    expect(stdout).toContain(`goes with the next installation or stagedoor gc:\n  ${abiTag}/${places[0]}\n`);
    await world.run(['gc']);
    expect(json(await world.run(['natives', 'list', '--json']))).toMatchObject({ leftovers: [] });
  });

  test('P-12: a tree that a living process loads from is named and stays', async () => {
    const dir = await installed();
    const { takeLease } = await import('#src/store/lease.js');
    const { nodeFileSystem: fs } = await import('#src/store/file-system.js');
    const { storeLayout } = await import('#src/store/layout.js');
    const layout = storeLayout(path.resolve(dir, '../..'));
    const lease = await takeLease(fs, layout, path.basename(dir));
    expect((await world.run(['natives', 'list'])).stdout).toContain(', in use\n');
    const ended = await world.run(['natives', 'remove', '--json']);
    const tree = { tag: abiTag, stamp: path.basename(dir) };
    expect(json(ended)).toMatchObject({ outcome: 'ok', removed: [], inUse: [tree] });
    expect((await world.run(['natives', 'remove'])).stdout).toContain(
      `still in use  ${abiTag} ${tree.stamp}\n`,
    );
    await lease.release();
    expect(json(await world.run(['natives', 'remove', '--json']))).toMatchObject({
      removed: [tree],
      inUse: [],
    });
  });

  test('P-13: gc takes what a crash has left of a tree, and one that nobody has used for long', async () => {
    const dir = await installed();
    const scratch = path.join(path.dirname(dir), `${path.basename(dir)}.partial`, 'x1-0123456789ab');
    mkdirSync(scratch, { recursive: true });
    writeFileSync(path.join(scratch, 'half'), 'x'.repeat(1000));
    await world.run(['gc']);
    expect(readdirSync(path.dirname(dir))).toEqual([path.basename(dir)]);
    const old = new Date(Date.now() - 40 * 86_400_000);
    for (const place of [
      dir,
      ...readdirSync(path.resolve(dir, '../..'), { recursive: true, encoding: 'utf8' }).map(name =>
        path.resolve(dir, '../..', name),
      ),
    ])
      utimesSync(place, old, old);
    const gone = await world.run(['gc']);
    expect(gone.stdout).toMatch(/^freed of native trees +[\d.]+ [kM]B$/m);
    expect(world.trees()).toEqual([]);
  });
});

describe('natives pin', () => {
  test('N-04: it prints what `install` takes, with all that is needed, and says what to do with it', async () => {
    const dependencies = { helper: '^2.0.0', tool: '1' };
    const pty = makePackage(compiled('pty', '1.2.0', { dependencies }));
    const helper = makePackage(compiled('helper', '2.1.0'));
    const tool = makePackage(compiled('tool', '1.0.0'));
    for (const each of [pty, helper, tool]) world.registry.publish(each);
    const ended = await world.run(['natives', 'pin', 'pty@1.2.0', '--without', 'tool']);
    const install = { 'helper@2.1.0': helper.integrity, 'pty@1.2.0': pty.integrity };
    expect(ended).toEqual({
      code: 0,
      stdout: `${JSON.stringify(install, null, 2)}\n`,
      stderr:
        'stagedoor: this is the "install" of a native dependency: {"name": …, "install": {…}} under "native" in stagedoor.config.json\n',
    });
    const all = await world.run(['natives', 'pin', 'pty', '--json']);
    expect(all.stderr).toBe('');
    expect(json(all)).toEqual({ outcome: 'ok', install: { ...install, 'tool@1.0.0': tool.integrity } });
  });

  test('what it prints is what ensure installs', async () => {
    world.misfit('pty');
    world.offer('pty');
    const { install } = Object(json(await world.run(['natives', 'pin', 'pty@1.0.0', '--json'])));
    world.config({ native: [{ name: 'pty', install }] });
    expect(json(await world.run(['natives', 'ensure', '--json']))).toMatchObject({ outcome: 'ready' });
  });

  test('a package that is not there is the registry’s answer', async () => {
    const ended = await world.run(['natives', 'pin', 'nope@1.0.0', '--json']);
    expect(ended.code).toBe(1);
    expect(json(ended)).toMatchObject({ error: { code: 'REGISTRY_REFUSED' } });
  });
});

test('N-05, N-06: the doctor says what a launch will do, what it has, and that skip keeps it from that', async () => {
  world.misfit('pty');
  world.config({ native: [{ name: 'pty', install: world.offer('pty') }] });
  const told = async (env = {}): Promise<string> => (await world.run(['doctor'], env)).stdout;
  const before = await told();
  expect(before).toMatch(
    new RegExp(
      `^native:pty +ok  pty does not fit: .+; a launch installs pty 1\\.0\\.0 once for ${abiTag}, `,
      'm',
    ),
  );
  expect(world.trees()).toEqual([]);
  await world.run(['natives', 'ensure']);
  expect(await told()).toMatch(
    new RegExp(`^native:pty +ok  pty does not fit: .+; its tree for ${abiTag} is there and is used$`, 'm'),
  );
  const skipped = await told({ STAGEDOOR_NATIVES: 'Skip' });
  expect(skipped).toMatch(/^natives-mode +ok {2}STAGEDOOR_NATIVES says skip: /m);
  expect(skipped).toMatch(/^native:pty +error .+\n.+The mode skip keeps a launch from installing one\.$/m);
});

describe('wrong usage and help', () => {
  test.each([
    [[], "missing required argument 'action'"],
    [['ensur'], '"ensur" is nothing that natives does'],
    [['constructor'], '"constructor" is nothing that natives does'],
    [['list', 'x'], 'natives list takes no names'],
    [['remove', 'x'], 'nothing is installed for "x"'],
    [['remove', '../..'], 'nothing is installed for "../.."'],
    [['pin'], 'a package is missing'],
    [['pin', '@@'], '"@@" is no NAME@VERSION'],
    [['ensure', 'pty'], '"pty" is no native dependency of the settings'],
  ])('natives %j', async (args, message) => {
    const { code, stdout, stderr } = await world.run(['natives', ...args]);
    const [first, hint, ...rest] = stderr.split('\n');
    expect({ code, stdout, first }).toEqual({ code: 2, stdout: '', first: `stagedoor: ${message}` });
    expect(hint).not.toBe('');
    expect(rest).toEqual(['']);
  });

  test('--help tells what each action does', async () => {
    const { code, stdout } = await world.run(['natives', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: stagedoor natives [options] <action> [names...]');
    for (const action of ['list', 'ensure [NAME…]', 'remove [TAG…]', 'pin SPEC…'])
      expect(stdout).toContain(`\n  ${action} `);
  });
});
