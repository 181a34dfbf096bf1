import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, json, runCli, temporary } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

const seen = (ended: Ended): Ended => {
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended;
};

describe('an empty store', () => {
  let cwd: string;
  const run = (...args: readonly string[]) => runCli([...args, '--store', path.join(cwd, 'store')], { cwd });
  beforeAll(() => {
    cwd = temporary('empty');
  });
  afterAll(() => {
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('is told without --package, and looking creates nothing', async () => {
    expect(seen(await run('status')).stdout).toMatch(
      /^store {10}.+ \(0 B\)\nnext launch {4}none\npointer {8}none\n/,
    );
    expect(json(seen(await run('status', '--json')))).toMatchObject({
      outcome: 'ok',
      versions: [],
      bytesOnDisk: 0,
    });
  });

  test.each([
    ['explain', { outcome: 'ok', wouldLaunch: [] }, /^Nothing can be launched\.\n/],
    ['rollback', { outcome: 'nothing-to-roll-back' }, /^There is nothing to roll back to\.\n$/],
    ['unpin', { outcome: 'unpinned', version: null }, /^Nothing was pinned\.\n$/],
    ['verify', { outcome: 'ok', trees: [] }, /^Nothing is staged\.\n$/],
    ['gc', { outcome: 'ok', freedBytes: 0 }, /^removed {2}none\nkept {5}none\nfreed {4}0 B\n$/],
  ])('%s', async (name, answer, text) => {
    expect(json(seen(await run(name, '--json')))).toMatchObject(answer);
    expect(seen(await run(name)).stdout).toMatch(text);
  });

  test('forgive of a version that is not marked', async () => {
    expect(json(await run('forgive', '1.0.0', '--json'))).toEqual({
      outcome: 'not-marked',
      version: '1.0.0',
    });
  });

  test('pin of a version that is not there is a failure with its code', async () => {
    const { code, stderr } = await run('pin', '1.0.0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stagedoor: VERSION_UNKNOWN: 1\.0\.0 is neither staged nor bundled\n[^\n]+\n$/);
  });
});

describe('a store with a staged version', () => {
  let world: World;
  const staged = () => path.join(world.store, 'versions', '1.1.0');
  /** Staged once; each test works on a copy. */
  const template = () => path.join(world.dir, 'template');
  beforeAll(async () => {
    world = await makeWorld();
    world.bundle(program('1.0.0'));
    world.publish(program('1.1.0'));
    expect((await world.run('update')).code).toBe(0);
    renameSync(world.store, template());
  });
  beforeEach(() => {
    cpSync(template(), world.store, { recursive: true, preserveTimestamps: true });
  });
  afterEach(() => {
    world.registry.behave();
    rmSync(world.store, { recursive: true });
  });
  afterAll(() => world.close());

  test('status and explain tell what starts next and why', async () => {
    const { stdout } = seen(await world.run('status'));
    expect(stdout).toMatch(/^next launch {4}1\.1\.0$/m);
    expect(stdout).toMatch(/^bundled {8}1\.0\.0$/m);
    expect(stdout).toMatch(/^staged {9}1\.1\.0 {2}[\d.]+ k?B {2}never launched$/m);
    const explained = seen(await world.run('explain'));
    expect(explained.stdout).toMatch(
      /^The next launch starts 1\.1\.0 \(staged\); if that fails, 1\.0\.0 \(bundled\)\.\n/,
    );
    expect(explained.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}1\.1\.0 is staged$/m);
    expect(seen(await world.run('explain', '9.9.9')).stdout).toContain(
      '9.9.9 is neither staged nor marked.\n',
    );
  });

  test('rollback leaves the version, marks it, and forgive takes the mark away', async () => {
    expect(seen(await world.run('rollback')).stdout).toBe(
      'Rolled back from 1.1.0 to 1.0.0; it starts with the next launch.\n',
    );
    const status = json(await world.run('status', '--json'));
    expect(status).toMatchObject({
      current: '1.0.0',
      badVersions: [{ version: '1.1.0', cause: 'ROLLED_BACK' }],
    });
    const explained = await world.run('explain', '1.1.0');
    expect(explained.stdout).toMatch(/^1\.1\.0 is marked bad: it was rolled back to 1\.0\.0 by hand\. \(/m);
    expect(seen(await world.run('forgive', '1.1.0')).stdout).toContain('1.1.0 is forgiven');
  });

  test('pin and unpin', async () => {
    expect(json(await world.run('pin', '1.0.0', '--json'))).toEqual({ outcome: 'pinned', version: '1.0.0' });
    expect((await world.run('explain')).stdout).toMatch(/^The next launch starts 1\.0\.0 \(pinned\)/);
    expect(json(await world.run('unpin', '--json'))).toEqual({ outcome: 'unpinned', version: '1.0.0' });
    expect((await world.run('explain')).stdout).toMatch(/^The next launch starts 1\.1\.0 \(staged\)/);
  });

  test('P-09: verify finds a changed file: an answer, with exit code 0', async () => {
    expect(seen(await world.run('verify')).stdout).toMatch(/^1\.1\.0 {2}ok, 3 files\n$/);
    appendFileSync(path.join(staged(), 'cli.js'), ' ');
    expect(json(seen(await world.run('verify', '--json')))).toMatchObject({
      outcome: 'damaged',
      trees: [{ version: '1.1.0', ok: false, path: 'cli.js' }],
    });
    expect(seen(await world.run('verify')).stdout).toMatch(/^1\.1\.0 {2}damaged: cli\.js: /);
  });

  test('gc removes what nothing needs and tells the bytes', async () => {
    await world.run('rollback');
    const answer = json(seen(await world.run('gc', '--json')));
    expect(answer).toMatchObject({ outcome: 'ok', removed: ['1.1.0'], freedBytes: expect.any(Number) });
    expect(existsSync(staged())).toBe(false);
  });

  test('doctor tells each check and what to do; problems are an answer too', async () => {
    const well = json(seen(await world.run('doctor', '--json')));
    const unsigned = {
      id: 'signatures',
      ok: true,
      detail: expect.stringContaining('announces none for 1.1.0'),
    };
    expect(well).toMatchObject({
      outcome: 'ok',
      checks: expect.arrayContaining([expect.objectContaining(unsigned)]),
    });
    writeFileSync(path.join(world.store, 'bad-versions.json'), '{');
    world.registry.fault({}, { kind: 'status', code: 401 });
    const ill = json(seen(await world.run('doctor', '--json')));
    const ids = ['bad-versions.json', 'registry'];
    expect(ill).toMatchObject({
      outcome: 'problems',
      checks: expect.arrayContaining(
        ids.map(id => expect.objectContaining({ id, ok: false, hint: expect.any(String) })),
      ),
    });
    const { stdout } = await world.run('doctor', '--exec', './nowhere');
    expect(stdout).toMatch(
      /^executable {9}error {2}.+nowhere does not run as Node or Python\n {19}Check --exec/m,
    );
  });

  test('S-05: corrupt files are told or count as empty, and never crash', async () => {
    for (const file of ['current.json', 'bad-versions.json', 'health.json', 'pin.json']) {
      writeFileSync(path.join(world.store, file), '{"schema": 1, "vers');
    }
    const { stdout } = seen(await world.run('status'));
    expect(stdout).toMatch(/^pointer {8}invalid: /m);
    expect(stdout).toMatch(/^bad {12}none$/m);
    expect(stdout).toMatch(/^next launch {4}1\.0\.0$/m);
    expect((await world.run('explain')).stdout).toMatch(/^The next launch starts 1\.0\.0 \(bundled\)\.$/m);
  });

  test('corrupt attempts and a corrupt tree list are told, never a crash', async () => {
    mkdirSync(path.join(world.store, 'attempts'), { recursive: true });
    writeFileSync(path.join(world.store, 'attempts', 'x.json'), '[');
    writeFileSync(path.join(staged(), '.stagedoor-tree.json'), '{"files": 7}');
    expect(seen(await world.run('status')).stdout).toMatch(/^staged .+no tree list$/m);
    expect(seen(await world.run('verify')).stdout).toMatch(/^1\.1\.0 {2}damaged: /);
  });

  test('a store that is a file is STORE_UNREADABLE for all who read it, and a problem for the doctor', async () => {
    for (const name of ['status', 'gc', 'rollback']) {
      const { code, stderr } = await world.run(name, '--store', 'stagedoor.config.json');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^stagedoor: STORE_UNREADABLE: the store is not a folder: .+\n[^\n]+\n$/);
    }
    const ended = await world.run('doctor', '--store', 'stagedoor.config.json', '--json');
    expect(json(seen(ended))).toMatchObject({ outcome: 'problems' });
  });
});
